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
        if (_stage > Stage.CloseWanted) return true;

        _worker.LookForObservers();
        WriteOutbox();                  // what a thread sent before it published
        int length = message.PayloadLength;
        if (length + Output.Length > _options.BackpressureLimit || _connection.IsBlocked)
        {
            if (!HasRoom(length))
            {
                if (!_connection.IsClosed) Refuse();
                return false;
            }
        }

        if (_connection.IsBlocked && message.Frame.Length >= SharedThreshold) Output.WriteShared(message.Frame);
        else Output.WriteReference(message.Frame);
        return !Sent(message.Kind, length).Backpressure;
    }
}
