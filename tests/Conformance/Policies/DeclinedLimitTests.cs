using System.Diagnostics;
using System.Net;
using System.Net.Http;

namespace Prebake.Conformance.Policies;

/// <summary>What a route says of time is for its own handler, and not for the one that is tried when it declines.</summary>
public sealed partial class DeclinedLimitTests
{
    internal sealed partial class App
    {
        [Get("/short/{id}.txt"), Deadline(0.05)]
        private static async Task<string> Number(int id)
        {
            await Task.Yield();
            return $"number {id}";
        }

        [Get("/short/{name}")]
        private static async Task<string> Text(string name, CancellationToken cancellation)
        {
            await Task.Delay(500, cancellation);
            return "text " + name;
        }

        [Get("/long/{id}.txt"), Deadline(3600), IdleTimeout(7)] private static string Long(int id) => $"long {id}";

        [Get("/long/{name}"), Deadline(0.05)]
        private static async Task<string> Waits(string name, CancellationToken cancellation)
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            return name;
        }

        [Get("/idle/{id}.txt"), IdleTimeout(7)] private static string Idle(int id) => $"idle {id}";
        [Get("/idle/{name}")] private static string Idle(string name, Request request) => $"{name} {request.IdleTimeout.TotalSeconds}";
    }

    public static TheoryData<Over> Transports => new(Servers.Transports);

    [Theory, MemberData(nameof(Transports))]
    public async Task The_time_of_a_route_that_declines_is_not_that_of_the_next(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new App());
        using var client = new HttpClient { BaseAddress = server.Url };
        Assert.Equal("text a.txt", await client.GetStringAsync(new Uri("/short/a.txt", UriKind.Relative)));
        using HttpResponseMessage response = await client.GetAsync(new Uri("/long/a.txt", UriKind.Relative)).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("a.txt 60", await client.GetStringAsync(new Uri("/idle/a.txt", UriKind.Relative)));
    }
}
