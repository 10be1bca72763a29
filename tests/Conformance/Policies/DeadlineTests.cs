using System.Net;
using System.Net.Http;
using System.Text;

namespace Prebake.Conformance.Policies;

/// <summary><c>[Deadline]</c>: whose time is up ends by its token, and the client is told 503.</summary>
public sealed partial class DeadlineTests
{
    private const double Short = 0.05;

    [Deadline(3600)]
    internal sealed partial class App
    {
        [Mount("/shaped")] private readonly Shaped _shaped = new();

        [Get("/waits"), Deadline(Short)]
        private static async Task<string> Waits(CancellationToken cancellation)
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            return "never";
        }

        [Get("/asks"), Deadline(Short)]
        private static async Task<string> Asks(Request request)
        {
            await Task.Delay(Timeout.Infinite, request.Aborted);
            return "never";
        }

        // Nobody hands the token on: it is waited for
        [Get("/deaf"), Deadline(Short)]
        private static async Task<string> Deaf(Request request)
        {
            while (!request.Aborted.IsCancellationRequested) await Task.Delay(5);
            return "after all";
        }

        [Get("/blocking"), Deadline(Short), Blocking]
        private static string Blocks(CancellationToken cancellation)
        {
            cancellation.WaitHandle.WaitOne();
            cancellation.ThrowIfCancellationRequested();
            return "never";
        }

        [Get("/callback"), Deadline(Short)]
        private static async Task<string> Throws(CancellationToken cancellation)
        {
            cancellation.Register(static () => throw new NotSupportedException("a callback of the handler's"));
            await Task.Delay(Timeout.Infinite, cancellation);
            return "never";
        }

        [Get("/own"), Deadline(3600)]
        private static async Task<string> Own()
        {
            await Task.Yield();
            throw new OperationCanceledException("for a reason of its own");
        }

        [Get("/class")]
        private static async Task<string> OfClass(CancellationToken cancellation)
        {
            await Task.Yield();
            return cancellation.IsCancellationRequested ? "cancelled" : "in time";
        }

        [Get("/none"), Deadline(0)]
        private static async Task<string> None()
        {
            await Task.Yield();
            return "no limit";
        }

        [Get("/provided"), Deadline(Short)] private static string Provides(Slow slow) => slow.ToString()!;

        [Provide]
        private static async ValueTask<Slow> Slowly(CancellationToken cancellation)
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            return new Slow();
        }

        // Its time is over in the middle of the body, and that is sent all the same
        [Get("/stream"), Deadline(0.3)]
        private static Response Stream() => Response.Stream(static async (writer, cancellation) =>
        {
            for (int i = 0; i < 4; i++)
            {
                await writer.WriteAsync(Encoding.ASCII.GetBytes($"{i}"), cancellation);
                await writer.FlushAsync(cancellation);
                await Task.Delay(200, cancellation);
            }
        });
    }

    internal sealed record Slow;

    internal sealed partial class Shaped
    {
        [Get("/"), Deadline(Short)]
        private static async Task<string> Waits(CancellationToken cancellation)
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            return "never";
        }

        [Error] private static string OnError(HttpException error) => $"{error.Status}: {error.Detail}";
    }

    public static TheoryData<Over> Transports => new(Servers.Transports);

    [Theory, MemberData(nameof(Transports))]
    public async Task Whose_time_is_up_is_answered_503(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new App());
        using var client = new HttpClient { BaseAddress = server.Url };
        foreach (string path in new[] { "/waits", "/asks", "/blocking", "/callback", "/provided" })
        {
            using HttpResponseMessage response = await client.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal((path, HttpStatusCode.ServiceUnavailable), (path, response.StatusCode));
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            Assert.Contains("too long", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal("503: This took too long: try again later.", await Text(client, "/shaped", HttpStatusCode.ServiceUnavailable));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Whose_time_is_not_up_hears_nothing_of_it(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new App());
        using var client = new HttpClient { BaseAddress = server.Url };
        Assert.Equal("in time", await Text(client, "/class"));
        Assert.Equal("no limit", await Text(client, "/none"));
        Assert.Equal("0123", await Text(client, "/stream"));
        Assert.Equal("after all", await Text(client, "/deaf"));
        await Text(client, "/own", HttpStatusCode.InternalServerError);
    }

    private static async Task<string> Text(HttpClient client, string path, HttpStatusCode status = HttpStatusCode.OK)
    {
        using HttpResponseMessage response = await client.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal((path, status), (path, response.StatusCode));
        return await response.Content.ReadAsStringAsync();
    }
}
