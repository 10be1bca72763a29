using System.Buffers;
using Prebake.Files;
using Prebake.Http;

namespace Prebake.Serving;

/// <summary>What a reply that waits for the loop consists of.</summary>
internal enum KeptKind : byte { None, Text, Json, Utf8, Memory, Response, Status, Fault, File, Declined, Switch }

/// <summary>A reply that was given on another thread.</summary>
/// <param name="Kind">Which of the replies it is.</param>
/// <param name="Value">Its text, bytes, response, exception or file.</param>
/// <param name="Number">How many of the bytes count; the status.</param>
internal readonly record struct KeptReply(KeptKind Kind, object? Value, int Number = 0)
{
    /// <summary>It will not be sent: what it holds is given back.</summary>
    public void Release()
    {
        switch (Kind)
        {
            case KeptKind.Json or KeptKind.Utf8: ArrayPool<byte>.Shared.Return((byte[])Value!); break;
            case KeptKind.File: ((FileAnswer)Value!).Dispose(); break;
            case KeptKind.Response: ((Response)Value!).Discard(); break;
        }
    }
}

// Replies that wait for their turn on the loop.
internal abstract partial class ServedExchange
{
    private KeptReply _kept;

    /// <summary>Gives the exchange away: the thread that calls this must not touch it afterwards.</summary>
    private void Keep(KeptReply reply)
    {
        if (_body is { } body && reply.Kind is not KeptKind.Declined && body.TakeOwed() is { } owed)
        {
            reply.Release();
            Fault(owed);
            return;
        }

        if (_enclosed > 0 && !_fallsThrough && reply.Kind is not (KeptKind.File or KeptKind.Declined))
        {
            Leave(ResponseOf(reply), isOwn: reply.Kind is not KeptKind.Response);
            return;
        }

        // Whoever replies again, when it has been taken up or before, changes nothing
        if (!TryKeep())
        {
            reply.Release();
            return;
        }

        _kept = reply;
        PostKept();
    }

    // Bytes that only this code has seen, so the pool may have them back
    private void KeepCopy(ReadOnlySpan<byte> bytes, bool isJson)
    {
        byte[] copy = ArrayPool<byte>.Shared.Rent(Math.Max(bytes.Length, 1));
        bytes.CopyTo(copy);
        Keep(new KeptReply(isJson ? KeptKind.Json : KeptKind.Utf8, copy, bytes.Length));
    }

    /// <summary>On the loop: writes the reply that was kept. False when the handler declined the request.</summary>
    public bool WriteKept()
    {
        MoveTo(ExchangeState.Running);
        KeptReply kept = _kept;

        switch (kept.Kind)
        {
            case KeptKind.Declined:
                _kept = default;
                return false;
            case KeptKind.Switch:
                _kept = default;
                SendSwitch((ProtocolSwitch)kept.Value!);
                return true;
            case KeptKind.File:
                _kept = default;
                SendFile((FileAnswer)kept.Value!);
                return true;
            case KeptKind.Response:
                _kept = default;
                SendResponse((Response)kept.Value!);
                return true;
            case KeptKind.Text:
                SendText((string)kept.Value!);
                break;
            case KeptKind.Memory:
                SendMemory((byte[])kept.Value!);
                break;
            case KeptKind.Status:
                SendStatus(kept.Number);
                break;
            case KeptKind.Fault:
                SendFault((Exception)kept.Value!);
                break;
            case KeptKind.Json:
                Status = DefaultStatus;
                WriteWhole(HeadOf(Status, ContentTypes.JsonBytes), ((byte[])kept.Value!).AsSpan(0, kept.Number));
                SetAnswered();
                break;
            case KeptKind.Utf8:
                SendUtf8(((byte[])kept.Value!).AsSpan(0, kept.Number));
                break;
        }

        ReleaseKept();
        return true;
    }

    private void ReleaseKept()
    {
        KeptReply kept = _kept;
        _kept = default;
        kept.Release();
    }
}
