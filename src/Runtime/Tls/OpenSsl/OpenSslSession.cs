using System.Runtime.InteropServices;
using Prebake.Transports;
using static Prebake.Tls.OpenSsl.LibSsl;

namespace Prebake.Tls.OpenSsl;

/// <summary>
/// One connection's cipher. It owns its <c>SSL</c> object, which nobody else knows, from a whole hello to
/// <see cref="Closed"/>. How hands are shaken is in <c>OpenSslSession.Handshake.cs</c>.
/// </summary>
internal sealed unsafe partial class OpenSslSession : Session
{
    // RFC 8446 section 5.1; larger writes are several records
    private const int RecordSize = 16 << 10;

    // What a peer may have us say after the handshake: answers to 150 updates of its keys, and one more for each 27 KiB that it sends
    // otherwise. OpenSSL has no limit of its own, and no client does so for a purpose
    private const int FreeSpeech = 4 << 10, PlainForSpeech = 1 << 10;

    // Far more than one is, and as much room is left beside a record
    private const int MostTicket = 1 << 10;

    private enum Stage : byte
    {
        /// <summary>No whole hello has come.</summary>
        Untouched,

        Handshaking,

        /// <summary>Both sides have shaken hands.</summary>
        Open,

        /// <summary>Something made no sense, or the farewell has been said: the library is asked for nothing more.</summary>
        Over,

        /// <summary>The native object is gone.</summary>
        Freed,
    }

    private readonly OpenSslLoop _loop = OpenSslLoop.Current;
    private readonly TlsServer _server;
    private readonly TlsHandshake _handshake;
    private PartialHello _hello;
    private byte[]? _ticket;            // its records, which leave in front of whatever is said next
    private nint _ssl;                  // 0 until a hello has come: a client that says nothing costs next to nothing
    private Stage _stage;
    private bool _isBlocked;            // the handshake has more to say than there was room for
    private bool _mayHaveMore;          // the library has bytes that it has not shown
    private bool _refusesPlainHttp;
    private bool _isOtherName;          // the library knows only that a callback has failed
    private long _said, _heard;         // bytes since the handshake: its own, such as answers to key updates; the peer's plain ones

    public OpenSslSession(Connection connection, TlsServer server)
    {
        _server = server;
        _handshake = (TlsHandshake)connection.Protocol;
        Context = (OpenSslContext)server.Contexts.First;
    }

    // The loop's list of sessions with record buffers
    internal OpenSslSession? Warmer, Colder;
    internal bool IsWarm;

    /// <summary>What it shakes hands with: that of the name that the client has asked for.</summary>
    public OpenSslContext Context { get; private set; }

    public override bool IsCostly(ReadOnlySpan<byte> wire) =>
        _stage is Stage.Handshaking || (_stage is Stage.Untouched && _hello.IsWholeWith(wire));

    public override int Room => RecordSize + (2 << 10);

    // It costs memory already
    public override void Waits() => _handshake.Begin();

    public override SessionStatus Open(ReadOnlySpan<byte> wire, Span<byte> plain, out int used, out int written)
    {
        (used, written) = (wire.Length, 0);
        if (_stage >= Stage.Over) return SessionStatus.Broken;
        if (wire.IsEmpty && !_mayHaveMore) return SessionStatus.Going;
        if (_stage is Stage.Untouched) return OpenHello(wire, plain, ref used, out written);

        return OpenNow(wire, plain, out used, out written);
    }

    public override SessionStatus Seal(ReadOnlySpan<byte> plain, Span<byte> wire, out int used, out int written)
    {
        used = written = 0;
        if (_stage is not Stage.Open) return _stage >= Stage.Over ? SessionStatus.Broken : SessionStatus.Going;

        _loop.Touch(this);
        int result, ticket = _ticket is null ? 0 : TakeTicket(wire);
        fixed (byte* from = plain, to = wire)
        {
            _loop.BeginWriting(to + ticket, wire.Length - ticket);
            ERR_clear_error();
            result = SSL_write(_ssl, from, Math.Min(plain.Length, RecordSize));
            written = ticket + _loop.Written;
            _loop.EndWriting();
        }

        if (result > 0)
        {
            used = result;
            return SessionStatus.Going;
        }

        // There is room for a record and for what may have to be said before it, so nothing that time would cure
        _stage = Stage.Over;
        return SessionStatus.Broken;
    }

    public override int Speak(Span<byte> wire)
    {
        if (_loop.HasSpoken(this)) return _ticket is null ? _loop.TakeSpoken(wire) : TakeTicket(wire);
        if (_refusesPlainHttp)
        {
            _refusesPlainHttp = false;
            PlainHttp.Refusal.CopyTo(wire);
            return PlainHttp.Refusal.Length;
        }

        if (!_isBlocked || _stage is not Stage.Handshaking) return 0;

        int written;
        fixed (byte* to = wire)
        {
            _loop.BeginWriting(to, wire.Length);
            if (ShakeHands()) _mayHaveMore = true;
            written = _loop.Written;
            _loop.EndWriting();
        }

        return written;
    }

    public override void SayFarewell()
    {
        if (_stage is not Stage.Open) return;

        // Once, and nobody waits for the peer's: RFC 8446 section 6.1
        _stage = Stage.Over;
        _loop.BeginReading(this, null, 0);
        ERR_clear_error();
        SSL_shutdown(_ssl);
        _loop.EndReading();
    }

    public override void Closed()
    {
        if (_stage is Stage.Freed) return;

        _stage = Stage.Freed;
        _loop.Leave(this);
        _hello.Release();
        if (_ssl == 0) return;

        SSL_free(_ssl);         // and the BIO with it
        _ssl = 0;
        _loop.RemoveNative();
    }

    /// <summary>Its record buffers are wanted no more for now.</summary>
    public void FreeBuffers() => SSL_free_buffers(_ssl);        // does nothing while half a record is in them

    // A ticket of TLS 1.3 is made when hands have been shaken, and leaves with the first bytes of ours behind that:
    // alone it would take a send of its own, and would lie unread in the socket of a client that says something and
    // leaves. Such a socket is reset when it is closed, which takes back what the client has said
    private int TakeTicket(Span<byte> wire)
    {
        byte[] ticket = _ticket!;
        _ticket = null;
        ticket.CopyTo(wire);
        return ticket.Length;
    }

    private SessionStatus OpenNow(ReadOnlySpan<byte> wire, Span<byte> plain, out int used, out int written)
    {
        SessionStatus status;
        written = 0;
        _loop.Touch(this);
        fixed (byte* from = wire)
        {
            _loop.BeginReading(this, from, wire.Length);
            status = _stage is Stage.Open || ShakeHands() ? ReadCounted(plain, out written) : Answer();
            used = wire.Length - _loop.Unread;
            _loop.EndReading();
        }

        return status;
    }

    private SessionStatus Answer()
    {
        _mayHaveMore = false;
        return _stage is Stage.Over ? SessionStatus.Broken : SessionStatus.Going;
    }

    private SessionStatus ReadCounted(Span<byte> plain, out int written)
    {
        int before = _loop.Written;             // the end of the handshake, tickets among it
        SessionStatus status = Read(plain, out written);
        _heard += written;
        if (_loop.Written == before) return status;

        _said += _loop.Written - before;
        if (_said <= FreeSpeech + (_heard / PlainForSpeech)) return status;

        _stage = Stage.Over;
        return SessionStatus.Broken;
    }

    // Many records at a time: as long as another one fits
    private SessionStatus Read(Span<byte> plain, out int written)
    {
        written = 0;
        fixed (byte* to = plain)
        {
            while (plain.Length - written >= RecordSize)
            {
                ERR_clear_error();
                int count = SSL_read(_ssl, to + written, plain.Length - written);
                if (count > 0)
                {
                    written += count;
                    _mayHaveMore = _loop.Unread > 0 || SSL_has_pending(_ssl) == 1;
                    if (_mayHaveMore) continue;
                    return SessionStatus.Going;
                }

                _mayHaveMore = false;
                switch (SSL_get_error(_ssl, count))
                {
                    case ErrorWantRead:
                        return SessionStatus.Going;
                    case ErrorWantWrite:
                        _mayHaveMore = true;            // once there is room for what it has to say
                        return SessionStatus.Going;
                    case ErrorZeroReturn:
                        return SessionStatus.Ended;
                    default:
                        _stage = Stage.Over;
                        return SessionStatus.Broken;
                }
            }
        }

        _mayHaveMore = true;
        return SessionStatus.Going;
    }
}
