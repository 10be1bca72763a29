using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using Prebake.Transports;

namespace Prebake.Tls.Portable;

/// <summary>
/// One connection's <see cref="SslStream"/>, over a stream in memory: it is asked for something, and goes on inside
/// <see cref="Open"/> when the bytes have come for which it waits. So it runs on the loop, in the connection's turn,
/// and nowhere else.
/// </summary>
internal sealed class SslStreamSession : Session
{
    private const int MostPlain = 16 << 10;         // what one record has at most

    private readonly TlsHandshake _handshake;
    private readonly TlsServer _server;
    private readonly byte[] _plain;                 // the loop's
    private readonly WireStream _wire = new();
    private readonly SslStream _stream;
    private PartialHello _hello;
    private Task? _shakingHands;
    private ValueTask<int> _read;
    private Stage _stage;
    private PeerHosts? _hosts;
    private TlsFailure? _failure;               // what is known of it before SslStream says so

    private enum Stage : byte
    {
        /// <summary>No whole hello has come yet.</summary>
        New,

        ShakingHands,

        /// <summary>A read without room waits for input, so that an idle connection holds no buffer.</summary>
        Waiting,

        /// <summary>A read waits that has room.</summary>
        Reading,

        /// <summary>Nothing more comes or goes.</summary>
        Over,
    }

    public SslStreamSession(Connection connection, TlsHandshake handshake, TlsServer server)
    {
        (_handshake, _server, _plain) = (handshake, server, connection.Loop.PlainBuffer);
        _stream = new SslStream(_wire, leaveInnerStreamOpen: true);
    }

    public override bool IsCostly(ReadOnlySpan<byte> wire) =>
        _stage is Stage.ShakingHands || (_stage is Stage.New && _hello.IsWholeWith(wire));

    public override void Waits() => _handshake.Begin();

    // One record may become two, each with its head and tag
    public override int Room => MostPlain + 1024;

    private bool HasShakenHands => _stage is Stage.Waiting or Stage.Reading;

    public override SessionStatus Open(ReadOnlySpan<byte> wire, Span<byte> plain, out int used, out int written)
    {
        used = wire.Length;
        written = 0;
        if (_stage is Stage.Over) return SessionStatus.Broken;
        if (_stage is Stage.New)
        {
            if (wire.IsEmpty) return SessionStatus.Going;
            if (PlainHttp.IsIn(wire) && _hello.IsEmpty) return RefusePlainHttp();
            if (!_hello.TryComplete(wire, out wire)) return SessionStatus.Going;

            if (!_handshake.Begin()) return Fail();
            _stage = Stage.ShakingHands;
            _shakingHands = _stream.AuthenticateAsServerAsync(
                static (_, hello, session, _) => ((SslStreamSession)session!).OptionsFor(hello), this);
        }

        _wire.Arrived(wire);
        _hello.Release();
        if (_stage is Stage.ShakingHands)
        {
            if (!_shakingHands!.IsCompleted) return SessionStatus.Going;
            if (!_shakingHands.IsCompletedSuccessfully) return RefuseHandshake();

            Wait();
            string version = _stream.SslProtocol is SslProtocols.Tls13 ? "1.3" : "1.2";
            _handshake.Complete(_stream.RemoteCertificate?.GetRawCertData(), version, isResumed: false, _hosts);
        }

        return Read(plain, out written);
    }

    public override SessionStatus Seal(ReadOnlySpan<byte> plain, Span<byte> wire, out int used, out int written)
    {
        used = written = 0;
        if (_stage is Stage.Over) return SessionStatus.Broken;
        if (!HasShakenHands) return SessionStatus.Going;

        used = Math.Min(plain.Length, MostPlain);
        try
        {
            _stream.Write(plain[..used]);
        }
        catch (Exception e) when (IsEnd(e))
        {
            return Fail();
        }

        written = _wire.Take(wire);
        return SessionStatus.Going;
    }

    public override int Speak(Span<byte> wire) => _wire.Take(wire);

    public override void SayFarewell()
    {
        if (!HasShakenHands) return;
        try
        {
            // Done when it returns: what is written to memory is not waited for
            _ = _stream.ShutdownAsync();
        }
        catch (Exception e) when (IsEnd(e))
        {
            // The connection closes without
        }
    }

    public override void Closed()
    {
        _stage = Stage.Over;
        _wire.Close();
        _hello.Release();
        _stream.Dispose();
        if (_shakingHands is { } task) _ = task.Exception;          // has been seen
    }

    /// <summary>A client's certificate does not do. In its handshake.</summary>
    public void RefuseCertificate(bool isMissing) =>
        _failure = isMissing ? TlsFailure.NoClientCertificate : TlsFailure.ClientCertificateRefused;

    private SessionStatus Read(Span<byte> plain, out int written)
    {
        written = 0;
        while (_read.IsCompleted)
        {
            int count;
            try
            {
                count = _read.GetAwaiter().GetResult();
            }
            catch (Exception e) when (IsEnd(e))
            {
                return Fail();
            }

            if (_stage is Stage.Waiting)
            {
                _stage = Stage.Reading;
                _read = _stream.ReadAsync(_plain);
                continue;
            }

            if (count == 0)
            {
                _read = new ValueTask<int>(0);
                return SessionStatus.Ended;
            }

            if (!plain.Overlaps(_plain)) _plain.AsSpan(0, count).CopyTo(plain);
            written = count;
            Wait();
            break;
        }

        return SessionStatus.Going;
    }

    private void Wait()
    {
        _stage = Stage.Waiting;
        _read = _stream.ReadAsync(Memory<byte>.Empty);
    }

    private ValueTask<SslServerAuthenticationOptions> OptionsFor(SslClientHelloInfo hello)
    {
        string name = ServerName.FoldAsked(hello.ServerName);
        if (_server.Contexts.Find(Encoding.ASCII.GetBytes(name)) is SslStreamContext context)
        {
            _hosts = context.Hosts;
            return new(context.OptionsFor(this));
        }

        // A record of its own, since SslStream has no word for it: alert, fatal, unrecognized_name (RFC 8446 sections
        // 5.1 and 6)
        _wire.Write([21, 3, 3, 0, 2, 2, 112]);
        _failure = TlsFailure.OtherName;
        throw new AuthenticationException("The server has no such name");
    }

    private SessionStatus RefusePlainHttp()
    {
        _wire.Write(PlainHttp.Refusal);
        _handshake.Fail(TlsFailure.PlainHttp);
        return Fail();
    }

    private SessionStatus RefuseHandshake()
    {
        Exception? error = _shakingHands!.Exception?.InnerException;
        string reason = error?.InnerException?.Message ?? error?.Message ?? "";
        _handshake.Fail(_failure ?? FailureOf(reason), reason);
        return Fail();
    }

    // SslStream has words only, which are OpenSSL's on Linux
    private static TlsFailure FailureOf(string reason)
    {
        bool Says(string text) => reason.Contains(text, StringComparison.OrdinalIgnoreCase);
        if (Says("application protocol")) return TlsFailure.NoProtocol;
        if (Says("unsupported protocol") || Says("version")) return TlsFailure.Version;
        if (Says("shared")) return TlsFailure.NothingInCommon;
        return Says("alert") ? TlsFailure.RefusedByPeer : TlsFailure.Malformed;
    }

    private SessionStatus Fail()
    {
        _stage = Stage.Over;
        return SessionStatus.Broken;
    }

    // What SslStream says of what a stranger sent
    private static bool IsEnd(Exception e) =>
        e is IOException or AuthenticationException or InvalidOperationException
            or System.ComponentModel.Win32Exception;
}
