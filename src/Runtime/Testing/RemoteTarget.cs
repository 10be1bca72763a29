using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Prebake.Transports.Memory;

namespace Prebake.Testing;

/// <summary>A server that runs already, in a process of its own.</summary>
internal sealed class RemoteTarget : TestTarget
{
    public RemoteTarget(Uri baseAddress)
    {
        ArgumentNullException.ThrowIfNull(baseAddress);
        if (!baseAddress.IsAbsoluteUri || baseAddress.Scheme is not ("http" or "https"))
            throw new ArgumentException(
                $"'{baseAddress}' is not where a server can be reached; give an address such as "
                    + "http://localhost:3000/.", nameof(baseAddress));
        BaseAddress = baseAddress;
    }

    public override Uri BaseAddress { get; }

    // Below the default of every server that we know
    public override TimeSpan KeepAlive => TimeSpan.FromSeconds(4);

    public override MemoryTarget InMemory => throw new InvalidOperationException(
        $"The server at {BaseAddress} runs in another process: only its responses can be seen. Use Serve.Test(app) for "
            + "this test.");

    /// <summary>Certificates of this machine's own need no authority.</summary>
    public bool Trusts(SslPolicyErrors errors) => errors is SslPolicyErrors.None || BaseAddress.IsLoopback;

    public override async ValueTask<Stream> OpenAsync(IPAddress? client, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            var end = new DnsEndPoint(BaseAddress.IdnHost, BaseAddress.Port);
            await socket.ConnectAsync(end, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public override async ValueTask<WebSocketClient> ConnectAsync(
        Request request, string[]? protocols, CancellationToken cancellationToken)
    {
        if (request.Outgoing is not { Method: "GET", Content.IsEmpty: true } outgoing)
            throw new ArgumentException(
                "ConnectAsync needs a GET request made with new Request(…).", nameof(request));
        if (protocols is { Length: > 0 }) request.Headers["Sec-WebSocket-Protocol"] = string.Join(", ", protocols);
        if (!request.Headers.Contains("Host")) request.Headers["Host"] = BaseAddress.Authority;

        Stream stream = await OpenAsync(null, cancellationToken).ConfigureAwait(false);
        try
        {
            if (BaseAddress.Scheme == "https")
                stream = await SecureAsync(stream, cancellationToken).ConfigureAwait(false);
            return await WebSocketClient
                .ConnectAsync(new StreamSocket(stream), outgoing, request.Headers, cancellationToken)
                .ConfigureAwait(false);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override ValueTask DisposeAsync() => default;

    private async ValueTask<Stream> SecureAsync(Stream plain, CancellationToken cancellationToken)
    {
        var tls = new SslStream(plain, leaveInnerStreamOpen: false, (_, _, _, errors) => Trusts(errors));
        var options = new SslClientAuthenticationOptions { TargetHost = BaseAddress.IdnHost };
        await tls.AuthenticateAsClientAsync(options, cancellationToken).ConfigureAwait(false);
        return tls;
    }

    /// <summary>A WebSocket's connection over a stream.</summary>
    private sealed class StreamSocket(Stream stream) : ClientSocket
    {
        private readonly System.IO.Pipelines.PipeReader _reader = System.IO.Pipelines.PipeReader.Create(stream);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
            stream.WriteAsync(bytes, cancellationToken);

        public override async ValueTask<System.IO.Pipelines.ReadResult> ReadAsync(CancellationToken cancellationToken)
        {
            try
            {
                return await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                return new System.IO.Pipelines.ReadResult(default, isCanceled: false, isCompleted: true);   // a reset
            }
        }

        public override void Consumed(SequencePosition consumed, SequencePosition examined, int count)
        {
            if (consumed.GetObject() is not null) _reader.AdvanceTo(consumed, examined);
        }

        public override void EndInput()
        {
            // Of a session, the farewell is the end
            if (stream is SslStream tls) _ = ShutdownAsync(tls);
            else if (stream is NetworkStream { Socket: { Connected: true } socket }) Shutdown(socket);
        }

        public override void Leave() => stream.Dispose();

        private static void Shutdown(Socket socket)
        {
            try
            {
                socket.Shutdown(SocketShutdown.Send);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // It is gone, which is as well
            }
        }

        private static async Task ShutdownAsync(SslStream tls)
        {
            try
            {
                await tls.ShutdownAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or InvalidOperationException)
            {
                // It is gone, which is as well
            }
        }
    }
}
