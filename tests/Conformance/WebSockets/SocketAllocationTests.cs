namespace Prebake.Conformance.WebSockets;

/// <summary>An echoed message allocates nothing: measured on the loop's own thread, through the real socket.</summary>
public sealed class SocketAllocationTests
{
    private const int Window = 200, MostWindows = 40;

#if DEBUG
    [Theory(Skip = "Allocation is measured in optimized builds")]
#else
    [Theory]
#endif
    [InlineData("/span", 0x81, 32)]
    [InlineData("/span", 0x82, 32)]
    [InlineData("/span", 0x82, 5000)]
    [InlineData("/span", 0x81, 70_000)]
    public async Task A_message_allocates_nothing_on_its_loop(string path, int first, int length)
    {
        foreach (Over transport in Servers.Transports.Where(transport => transport is not Over.Sockets))
        {
            await using Server server = Servers.StartApp(transport, new SocketApp());
            using SocketClient client = SocketClient.Open(server, path);
            byte[] payload = new byte[length];
            payload.AsSpan().Fill((byte)'a');
            byte[] frame = Frame.Masked(first, payload);

            void Echo(int times)
            {
                for (int i = 0; i < times; i++)
                {
                    client.Send(frame);
                    Assert.Equal(length, client.Receive()!.Payload.Length);
                }
            }

            Echo(200);
            long least = LoopAllocation.LeastOf(server, MostWindows, () => Echo(Window));
            Assert.True(least == 0, $"{transport}: at least {least} bytes in each of {MostWindows} times {Window} messages");
        }
    }
}
