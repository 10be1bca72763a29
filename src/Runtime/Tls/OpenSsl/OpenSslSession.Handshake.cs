using Prebake.Transports;
using static Prebake.Tls.OpenSsl.LibSsl;

namespace Prebake.Tls.OpenSsl;

// From the first bytes until both sides have shaken hands.
internal sealed unsafe partial class OpenSslSession
{
    /// <summary>The client has said which name it asks for. In a callback of the handshake.</summary>
    /// <returns>False: it cannot be used.</returns>
    public bool TryChoose(OpenSslContext context)
    {
        if (context == Context) return true;

        Context = context;
        return context.TryApplyTo(_ssl);
    }

    /// <summary>The server has no such name, and refuses others. In a callback of the handshake.</summary>
    public void RefuseName() => _isOtherName = true;

    private SessionStatus OpenHello(ReadOnlySpan<byte> wire, Span<byte> plain, ref int used, out int written)
    {
        written = 0;
        if (PlainHttp.IsIn(wire) && _hello.IsEmpty)
        {
            _refusesPlainHttp = true;
            _stage = Stage.Over;
            _handshake.Fail(TlsFailure.PlainHttp);
            return SessionStatus.Broken;
        }

        if (!_hello.TryComplete(wire, out ReadOnlySpan<byte> all)) return SessionStatus.Going;

        if (!_handshake.Begin())
        {
            _stage = Stage.Over;
            return SessionStatus.Broken;
        }

        MakeNative();
        _stage = Stage.Handshaking;
        SessionStatus status = OpenNow(all, plain, out int usedOfAll, out written);

        // What is behind the hello came with these bytes
        used = Math.Max(0, usedOfAll - (all.Length - wire.Length));
        _hello.Release();
        return status;
    }

    private void MakeNative()
    {
        nint bio = WireBio.Make(_loop.Call);
        _loop.AddNative();
        _ssl = SSL_new(Context.Handle);
        GC.KeepAlive(Context);
        if (_ssl == 0)
        {
            _loop.RemoveNative();
            BIO_free(bio);
            throw new OutOfMemoryException();
        }

        SSL_set_bio(_ssl, bio, bio);        // one reference for both
        SSL_set_accept_state(_ssl);
    }

    // True when it is done. Else it waits for more, for room (_isBlocked), or it has failed (Stage.Over)
    private bool ShakeHands()
    {
        ERR_clear_error();
        int result;
        OpenSslCallbacks.Enter(this, _server);
        result = SSL_do_handshake(_ssl);
        OpenSslCallbacks.Leave();

        _isBlocked = false;
        if (result == 1)
        {
            _stage = Stage.Open;
            bool isTls13 = SSL_version(_ssl) == Tls13;
            if (isTls13 && _loop.Written <= MostTicket) _ticket = _loop.TakeBack();
            _handshake.Complete(
                ClientCertificate(), isTls13 ? "1.3" : "1.2", SSL_session_reused(_ssl) == 1, Context.Hosts);
            return true;
        }

        switch (SSL_get_error(_ssl, result))
        {
            case ErrorWantRead:
                break;
            case ErrorWantWrite:
                _isBlocked = true;
                break;
            default:
                _stage = Stage.Over;
                nuint error = ERR_peek_error();
                _handshake.Fail(
                    _isOtherName ? TlsFailure.OtherName : OpenSslErrors.FailureOf(error), OpenSslErrors.Reason(error));
                break;
        }

        return false;
    }

    // In DER format
    private byte[]? ClientCertificate()
    {
        if (!Context.AsksForCertificate) return null;

        nint certificate = SSL_get1_peer_certificate(_ssl);
        if (certificate == 0) return null;

        var bytes = new byte[i2d_X509(certificate, null)];
        fixed (byte* start = bytes)
        {
            byte* to = start;
            i2d_X509(certificate, &to);
        }

        X509_free(certificate);
        return bytes;
    }
}
