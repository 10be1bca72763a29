using System.Net;
using System.Net.Sockets;

namespace Prebake.Transports.Sockets;

/// <summary>
/// One accepted socket of the portable transport. Waiting is asynchronous (a receive of zero bytes holds no buffer), what follows a wait happens on the
/// loop without waiting: the same turns as on the Linux loop.
/// </summary>
internal sealed class SocketConnection : Connection
{
    // Of input that comes while a handler works
    private const int KeptAhead = 16 << 10;

    private static readonly TimeSpan s_lookInterval = TimeSpan.FromMilliseconds(500);

    private readonly Socket _socket;
    private readonly SocketAsyncEventArgs _readable = new();
    private SocketAsyncEventArgs? _send;
    private byte[]? _sendBuffer;
    private bool _readPending;
    private bool _sendPending;
    private bool _peerLeftTold;
    private int _kept;                      // since input was last wanted
    private bool _looksLater;

    public SocketConnection(SocketLoop loop, Socket socket) : base(loop)
    {
        _socket = socket;
        _socket.Blocking = false;
        if (socket.ProtocolType is ProtocolType.Tcp) _socket.NoDelay = true;

        RemoteEndPoint = PeerOf(socket);

        _readable.UserToken = this;
        _readable.Completed += static (_, e) => PostReadable((SocketConnection)e.UserToken!);
    }

    public override IPEndPoint? RemoteEndPoint { get; }

    internal override bool OwnsNothing => base.OwnsNothing && _send is null && _sendBuffer is null;

    /// <summary>The first wait for input.</summary>
    public void Begin() => StartReading();

    protected override long TrySend(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || _sendPending) return 0;

        try
        {
            int sent = _socket.Send(bytes, SocketFlags.None, out SocketError error);
            return error is SocketError.Success ? sent : error is SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable or SocketError.IOPending ? 0 : -1;
        }
        catch (ObjectDisposedException)
        {
            return -1;
        }
    }

    // There is no "writable" event, so the head of what is parked is sent asynchronously and accounted for when that completes.
    protected override void AwaitWritable()
    {
        if (_sendPending || !TryPeekParked(out ReadOnlySpan<byte> next)) return;

        if (_send is null)
        {
            _send = new SocketAsyncEventArgs { UserToken = this };
            _send.Completed += static (_, e) => PostSent((SocketConnection)e.UserToken!);
        }

        _sendBuffer ??= Buffers.Rent(16 << 10);
        int count = Math.Min(next.Length, _sendBuffer.Length);
        next[..count].CopyTo(_sendBuffer);
        _send.SetBuffer(_sendBuffer, 0, count);
        _sendPending = true;

        try
        {
            if (!_socket.SendAsync(_send)) PostSent(this);
        }
        catch (ObjectDisposedException)
        {
            PostSent(this);
        }
    }

    protected override void StartReading()
    {
        if (_readPending || IsClosed) return;
        _readPending = true;

        _readable.SetBuffer(Memory<byte>.Empty);
        try
        {
            if (!_socket.ReceiveAsync(_readable)) PostReadable(this);
        }
        catch (ObjectDisposedException)
        {
        }
    }

    // Other systems than Linux do not tell
    protected override bool HasBytesOnTheWay
    {
        get
        {
            if (!OperatingSystem.IsLinux()) return false;

            Span<byte> info = stackalloc byte[TcpInfo.Size];
            try
            {
                int length = _socket.GetRawSocketOption(TcpInfo.Level, TcpInfo.Option, info);
                return TcpInfo.HasBytesOnTheWay(info[..length]);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return false;           // a unix socket has no such option
            }
        }
    }

    protected override void ShutdownSend()
    {
        try { _socket.Shutdown(SocketShutdown.Send); }
        catch (Exception e) when (e is SocketException or ObjectDisposedException) { }
    }

    protected override void Release(bool reset)
    {
        if (reset)
        {
            try { _socket.LingerState = new LingerOption(true, 0); }
            catch (Exception e) when (e is SocketException or ObjectDisposedException) { }
        }
        else
        {
            // A socket that is disposed of while it waits for input is reset, unless it has been shut down: the peer is to see an end
            try { _socket.Shutdown(SocketShutdown.Both); }
            catch (Exception e) when (e is SocketException or ObjectDisposedException) { }
        }

        _socket.Dispose();
        if (!_sendPending) ReleaseSend();
    }

    // While it is ours for certain; later the socket may be gone
    private static IPEndPoint? PeerOf(Socket socket)
    {
        try
        {
            if (socket.RemoteEndPoint is not IPEndPoint remote) return null;
            return remote.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(remote.Address.MapToIPv4(), remote.Port) : remote;
        }
        catch (SocketException)
        {
            return null;        // it has left already
        }
    }

    private static void PostReadable(SocketConnection connection) => connection.Loop.Post(static state => ((SocketConnection)state!).Readable(), connection);

    private static void PostSent(SocketConnection connection) => connection.Loop.Post(static state => ((SocketConnection)state!).Sent(), connection);

    private void Readable()
    {
        _readPending = false;
        if (IsClosed) return;

        Loop.BeginTurn(this);
        Read();

        // While input is paused, too, or nobody would notice that the peer has left
        if (!IsClosed && !InputEnded && !_peerLeftTold)
        {
            if (InputPaused && _socket.Available > 0) _ = LookLaterAsync();
            else StartReading();
        }

        EndTurn();
    }

    // Unread input makes a wait for input end at once, so from here on only a broken connection is noticed, and by looking
    private async Task LookLaterAsync()
    {
        if (_looksLater) return;
        _looksLater = true;
        await Task.Delay(s_lookInterval).ConfigureAwait(false);
        Loop.Post(static state => ((SocketConnection)state!).Look(), this);
    }

    private void Look()
    {
        _looksLater = false;
        if (IsClosed || !InputPaused) return;

        Loop.BeginTurn(this);
        if (_socket.Poll(0, SelectMode.SelectError)) Broken();
        else _ = LookLaterAsync();
        EndTurn();
    }

    private void Read()
    {
        if (InputPaused)
        {
            // A little of what is sent ahead of its time is kept, for the sake of the end that may be behind it
            if (_kept < KeptAhead)
            {
                int ahead = Receive(Loop.ReceiveBuffer.AsSpan(0, KeptAhead - _kept), SocketFlags.None, out SocketError aheadError);
                if (aheadError is SocketError.WouldBlock) return;
                if (aheadError is not SocketError.Success) Broken();
                else if (ahead > 0)
                {
                    _kept += ahead;
                    Keep(Loop.ReceiveBuffer.AsSpan(0, ahead));
                }
                else
                {
                    _peerLeftTold = true;
                    Protocol.PeerLeft();
                }
            }

            return;
        }

        _kept = 0;
        ArraySegment<byte> target = ReceiveTarget();
        int count = Receive(target, SocketFlags.None, out SocketError error);

        if (error is SocketError.WouldBlock) return;
        if (error is not SocketError.Success) Broken();
        else if (count > 0) Received(target, count);
        else ReceivedEnd();
    }

    private int Receive(Span<byte> target, SocketFlags flags, out SocketError error)
    {
        try
        {
            return _socket.Receive(target, flags, out error);
        }
        catch (ObjectDisposedException)
        {
            error = SocketError.OperationAborted;
            return 0;
        }
    }

    private void Sent()
    {
        _sendPending = false;
        SocketError error = _send!.SocketError;
        int count = _send.BytesTransferred;

        if (IsClosed)
        {
            ReleaseSend();
            return;
        }

        Loop.BeginTurn(this);
        if (error is not SocketError.Success) Broken();
        else
        {
            SentParked(count);
            Writable();
        }

        if (!IsBlocked && !_sendPending) ReleaseSend();
        EndTurn();
    }

    private void ReleaseSend()
    {
        _send?.Dispose();
        _send = null;
        if (_sendBuffer is not { } buffer) return;
        _sendBuffer = null;
        Buffers.Return(buffer);
    }
}
