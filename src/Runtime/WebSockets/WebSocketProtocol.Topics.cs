using Prebake.Transports;

namespace Prebake.WebSockets;

// What is published to topics, and reaches this socket among others.
internal sealed partial class WebSocketProtocol
{
    // While a client is slow, what is as long as this waits as a reference. What is shorter is packed with others,
    // since a reference costs memory and a send of its own
    private const int SharedThreshold = 1 << 10;

    /// <summary>The socket as its topics know it.</summary>
    private sealed class Membership(TopicLoop home, WebSocketProtocol socket) : TopicMember(home, socket._connection)
    {
        public override bool Write(PublishedMessage message) => socket.WritePublished(message);
    }

    /// <summary>From any thread.</summary>
    public Topics Topics => _worker.Worker.Service.Server.Topics;

    /// <summary>From any thread.</summary>
    public TopicMember NewMember() => new Membership(Topics.Of(Loop), this);

    // False: the client is slow
    private bool WritePublished(PublishedMessage message)
    {
        _worker.LookForObservers();
        WriteOutbox();                  // what a thread sent before it published
        if (_stage > Stage.CloseWanted) return true;            // perhaps since a moment ago
        int length = message.PayloadLength;
        bool fits = !_connection.IsBlocked
            && length <= OutputBuffer.Size
            && length + Output.Length <= _options.BackpressureLimit;
        bool compresses = message.WantsCompression && Compresses;

        // A compressor of its own makes a frame of its own of each message
        if (compresses && _deflate is { HasOwnCompressor: true })
        {
            if (!fits && !HasRoom(length)) return RefusePublished();
            return !Sent(message.Kind, WriteCompressed(message.Payload.Span, message.Kind)).Backpressure;
        }

        if (!fits && !FlushesInto(length)) return RefusePublished();
        SharedFrame frame = compresses
            ? message.CompressedFor(_deflate!.Terms.ServerBits, _worker, out length)
            : message.FrameChargedTo(_worker.Service);

        int least = _connection.IsBlocked ? SharedThreshold : OutputBuffer.ReferenceThreshold;
        bool isShared = frame.Length >= least;
        if (!fits && !(isShared ? frame.TryHold(_worker.Service, OwnWaiting) : TryPromise(frame.Length)))
            return RefusePublished();

        if (compresses) _deflate!.Remember(message.Payload.Span);
        if (!isShared) Output.Write(frame.Memory.Span);
        else if (fits) Output.WriteShared(frame);
        else WriteHeld(frame);
        return !Sent(message.Kind, length).Backpressure;
    }

    private bool RefusePublished()
    {
        if (!_connection.IsClosed) Refuse();
        return false;
    }

    // Held from the question until it has been sent or waits, which holds it, too
    private void WriteHeld(SharedFrame frame)
    {
        try
        {
            Output.WriteShared(frame);
            _connection.Flush();
        }
        finally
        {
            frame.LetGo();
        }
    }
}
