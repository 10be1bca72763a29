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
        if (_connection.IsBlocked || length > OutputBuffer.Size || length + Output.Length > _options.BackpressureLimit)
        {
            if (!HasRoom(length, cost: SharesFrames ? message.CostOfOneMore : length))
            {
                if (!_connection.IsClosed) Refuse();
                return false;
            }
        }

        return !Sent(message.Kind, WriteFrame(message)).Backpressure;
    }

    // A compressor of its own makes a frame of its own of each message
    private bool SharesFrames => _deflate is not { HasOwnCompressor: true };

    // Says how long the payload is as it leaves
    private int WriteFrame(PublishedMessage message)
    {
        SharedFrame frame = message.Frame;
        int length = message.PayloadLength;
        if (message.WantsCompression && Compresses)
        {
            SocketDeflate deflate = _deflate!;
            if (deflate.HasOwnCompressor) return WriteCompressed(message.Payload.Span, message.Kind);
            frame = message.CompressedFor(deflate.Terms.ServerBits, _worker, out length);
            deflate.Remember(message.Payload.Span);
        }

        int least = _connection.IsBlocked ? SharedThreshold : OutputBuffer.ReferenceThreshold;
        if (frame.Length < least)
        {
            Output.Write(frame.Memory.Span);
            return length;
        }

        message.ChargeTo(_worker.Service);
        Output.WriteShared(frame);
        return length;
    }
}
