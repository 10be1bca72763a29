using System.Diagnostics;

namespace Prebake.Redis;

/// <summary>
/// What comes from other instances: each message once, in order, and the number of those that did not come. One call
/// at a time.
/// </summary>
internal sealed class Inbox(Guid self, Inbox.Recipient deliver, Action<long> missed, Action<Exception> failed)
{
    /// <summary>Hands a message to the subscribers of this instance.</summary>
    public delegate void Recipient(string topic, ReadOnlySpan<byte> data, MessageKind kind, bool compress);

    private sealed class Sender
    {
        public long Next { get; set; }
        public long Heard { get; set; }
    }

    // Instances come and go with each deployment; one that has been silent for so long is gone, as they give signs of
    // life
    private static readonly TimeSpan s_silence = TimeSpan.FromMinutes(10);

    private readonly Dictionary<Guid, Sender> _senders = [];

    /// <summary>False: not a message of ours, or a damaged one.</summary>
    public bool TryReceive(ReadOnlyMemory<byte> bytes)
    {
        if (!Envelope.TryReadHead(bytes.Span, out Guid instance, out long number)) return false;
        if (instance == self) return true;

        Sender sender = SenderOf(instance, number);
        ReadOnlyMemory<byte> rest = bytes[Envelope.HeadSize..];
        Expect(sender, number);
        while (!rest.IsEmpty)
        {
            if (!Envelope.TryReadNext(ref rest, out Parcel parcel)) return false;

            // An envelope is sent again when nobody could say whether it had arrived
            if (number++ < sender.Next) continue;
            sender.Next = number;
            try
            {
                deliver(parcel.Topic, parcel.Data.Span, parcel.Kind, parcel.Compress);
            }
            catch (Exception e)
            {
                failed(e);          // the others in the envelope are none the worse for it
            }
        }

        return true;
    }

    private void Expect(Sender sender, long number)
    {
        if (number <= sender.Next) return;

        missed(number - sender.Next);
        sender.Next = number;
    }

    private Sender SenderOf(Guid instance, long number)
    {
        if (!_senders.TryGetValue(instance, out Sender? sender))
        {
            Forget();
            _senders.Add(instance, sender = new Sender { Next = number });
        }

        sender.Heard = Stopwatch.GetTimestamp();
        return sender;
    }

    private void Forget()
    {
        foreach ((Guid instance, Sender sender) in _senders)
            if (Stopwatch.GetElapsedTime(sender.Heard) > s_silence) _senders.Remove(instance);
    }
}
