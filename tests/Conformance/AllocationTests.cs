using Prebake.Transports;

namespace Prebake.Conformance;

/// <summary>Static and string handlers allocate nothing: measured on the loop's own thread, through the real socket.</summary>
public sealed class AllocationTests
{
    private const int Window = 500, MostWindows = 40;

    // Unoptimized code allocates closures that optimized code does not
#if DEBUG
    [Theory(Skip = "Allocation is measured in optimized builds")]
#else
    [Theory]
#endif
    [InlineData("/static")]
    [InlineData("/started")]
    [InlineData("/old")]
    [InlineData("/text")]
    [InlineData("/span")]
    [InlineData("/checked?a=1&b=1.5&limit=7&c=2&day=Friday")]
    [InlineData("/nowhere")]
    [InlineData("/nothing")]
    public async Task A_request_allocates_nothing_on_its_loop(string path)
    {
        foreach (Over transport in Servers.Transports.Where(transport => transport is not Over.Sockets))
        {
            await using Server server = Servers.Start(transport);
            using var client = new RawClient(server);
            byte[] raw = System.Text.Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n");
            int length = client.Send(raw).Receive()!.Body.Length;

            void Ask(int times)
            {
                for (int i = 0; i < times; i++)
                {
                    client.Send(raw);
                    client.Receive();
                }
            }

            long least = LoopAllocation.LeastOf(server, MostWindows, () => Ask(Window));
            Assert.True(least == 0, $"{transport}: at least {least} bytes in each of {MostWindows} times {Window} requests");
            Assert.True(length >= 0);
        }
    }
}
