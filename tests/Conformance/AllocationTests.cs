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
    public Task A_request_allocates_nothing_on_its_loop(string path) => AllocatesNothing(transport => Servers.Start(transport), $"GET {path} HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n");

    // Unoptimized code allocates closures that optimized code does not
#if DEBUG
    [Theory(Skip = "Allocation is measured in optimized builds")]
#else
    [Theory]
#endif
    [InlineData("GET /mine/5", "")]
    [InlineData("GET /part/mine/5", "")]
    [InlineData("POST /text", "Content-Length: 0\r\n")]
    public Task Nor_do_providers_and_guards_that_return_at_once(string request, string fields) =>
        AllocatesNothing(transport => Servers.StartApp(transport, new QuietApp()), $"{request} HTTP/1.1\r\nHost: a\r\nX-Key: 5\r\n{fields}\r\n", status: 200);

    // Unoptimized code allocates closures that optimized code does not
#if DEBUG
    [Fact(Skip = "Allocation is measured in optimized builds")]
#else
    [Fact]
#endif
    public async Task A_provider_a_guard_a_step_and_five_rules_allocate_one_text_beside_the_users_object()
    {
        // The record that the provider makes, and the header's text that it is given: two objects of 24 and 32 bytes
        const int OfTheUser = 24, Text = 32, Window = 200;
        const string Body = """{"Title":"Dragons","Mail":"ada@example.com","Quantity":3,"Price":19.5,"Note":"Ring twice"}""";
        foreach (Over transport in Servers.Transports.Where(transport => transport is not Over.Sockets))
        {
            await using Server server = Servers.StartApp(transport, new ServiceApp());
            using var client = new RawClient(server);
            long bare = LeastOf("/orders", enough: 0);
            long all = LeastOf("/service/orders", enough: bare + (Window * (OfTheUser + Text)));
            long more = (all - bare) / Window;
            Assert.True(more <= OfTheUser + Text, $"{transport}: {bare / Window} bytes for the handler, {more} for what is around it");

            long LeastOf(string path, long enough)
            {
                const string Fields = "Host: a\r\nX-User: ada\r\nContent-Type: application/json\r\n";
                string text = $"POST {path} HTTP/1.1\r\n{Fields}Content-Length: {Body.Length}\r\n\r\n{Body}";
                byte[] raw = System.Text.Encoding.ASCII.GetBytes(text);
                Assert.Equal("thanks", client.Send(raw).Receive()!.Text);
                return LoopAllocation.LeastOf(server, MostWindows, Ask, enough);

                void Ask()
                {
                    for (int i = 0; i < Window; i++) client.Send(raw).Receive();
                }
            }
        }
    }

    private static async Task AllocatesNothing(Func<Over, Server> start, string request, int? status = null)
    {
        foreach (Over transport in Servers.Transports.Where(transport => transport is not Over.Sockets))
        {
            await using Server server = start(transport);
            using var client = new RawClient(server);
            byte[] raw = System.Text.Encoding.ASCII.GetBytes(request);
            RawResponse first = client.Send(raw).Receive()!;
            Assert.Equal(status ?? first.Status, first.Status);

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
        }
    }
}
