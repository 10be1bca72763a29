using System.Net.Http;
using System.Net.Security;
using System.Runtime.ExceptionServices;

namespace Prebake.Testing;

/// <summary>What stands around the connections of a test's client: cookies, and the exceptions of handlers.</summary>
internal sealed class TestHandler : DelegatingHandler
{
    private readonly TestTarget _target;
    private readonly TestCookies? _cookies;

    public TestHandler(TestTarget target, TestClientOptions options) : base(Connections(target, options))
    {
        _target = target;
        _cookies = options.KeepCookies ? new TestCookies() : null;
    }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _cookies?.AddTo(request);
        TestCall call = TestCall.Begin();
        try
        {
            return Complete(await base.SendAsync(request, cancellationToken).ConfigureAwait(false), call);
        }
        catch (HttpRequestException) when (ErrorOf(call) is { } error)
        {
            ExceptionDispatchInfo.Throw(error);
            throw;
        }
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        SendAsync(request, cancellationToken).GetAwaiter().GetResult();

    private HttpResponseMessage Complete(HttpResponseMessage response, TestCall call)
    {
        if (ErrorOf(call) is { } error)
        {
            response.Dispose();
            ExceptionDispatchInfo.Throw(error);
        }

        _cookies?.TakeFrom(response);
        return response;
    }

    private Exception? ErrorOf(TestCall call) => (_target as MemoryTarget)?.ErrorOf(call);

    private static SocketsHttpHandler Connections(TestTarget target, TestClientOptions options)
    {
        if (options.Address is not null) _ = target.InMemory;           // elsewhere nobody can be where he is not

        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            PooledConnectionIdleTimeout = target.KeepAlive,

            // A test waits for the server's word, however busy the machine
            Expect100ContinueTimeout = TimeSpan.FromMinutes(5),
            ConnectCallback = (_, cancellationToken) => target.OpenAsync(options.Address, cancellationToken),
        };
        handler.SslOptions.RemoteCertificateValidationCallback =
            (_, _, _, errors) => target is not RemoteTarget remote || remote.Trusts(errors);
        if (options.Certificate is { } certificate) handler.SslOptions.ClientCertificates = [certificate];
        return handler;
    }
}
