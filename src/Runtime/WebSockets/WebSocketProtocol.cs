using System.Net;
using Prebake.Routing;
using Prebake.Serving;
using Prebake.Transports;

namespace Prebake.WebSockets;

/// <summary>
/// The conversation on one WebSocket (RFC 6455), from the 101 to the last byte. Frames that come are in
/// <c>WebSocketProtocol.Input.cs</c>, calls of the handler in <c>.Calls.cs</c>, what is sent in <c>.Output.cs</c>, the
/// end in
/// <c>.Close.cs</c>, time in <c>.Time.cs</c>. See <c>docs/design/websockets.md</c>.
/// </summary>
/// <remarks>
/// Tens of thousands of them are idle at a time: what few have is in objects of its own (<see cref="PartialMessage"/>,
/// <see cref="Outbox"/>, <see cref="Rarities"/>), and an idle one has none of them.
/// </remarks>
internal sealed partial class WebSocketProtocol : Protocol
{
    /// <summary>How far a socket is on its way out. Only ever forward.</summary>
    private enum Stage
    {
        /// <summary>Messages go both ways.</summary>
        Open,

        /// <summary>Somebody has asked for the close: nothing is accepted any more, and what was accepted still
        /// leaves.</summary>
        CloseWanted,

        /// <summary>Our Close frame has been written; the client's is awaited.</summary>
        CloseSent,

        /// <summary>The connection has gone, or is being cut, in the middle of a callback: <c>Close</c> is called when
        /// that has returned.</summary>
        Lost,

        /// <summary>The handler's <c>Close</c> has been called.</summary>
        Over,
    }

    /// <summary>What a client from which nothing comes has been asked.</summary>
    private enum Inquiry : byte
    {
        None,

        /// <summary>Half of its time has passed, and it takes nothing, so that a ping would not reach it.</summary>
        Blocked,

        /// <summary>A ping has been written.</summary>
        Pinged,
    }

    /// <summary>A code and a reason with which it closes.</summary>
    private sealed record Ending(int Code, string Reason);

    /// <summary>What most sockets never have.</summary>
    private sealed class Rarities
    {
        /// <summary>A ping that has not been answered, since the client reads nothing; only the latest.</summary>
        public byte[]? UnansweredPing;

        /// <summary>The subprotocol.</summary>
        public string? Subprotocol;

        /// <summary>What was provided for the handshake and must be disposed of.</summary>
        public OwnedValues? Owned;
    }

    private readonly Connection _connection;
    private readonly WebSocketWorker _worker;
    private readonly WebSocketHandler _handler;
    private readonly WebSocketOptions _options;
    private readonly long _expires;             // on the loop's clock
    private readonly SocketDeflate? _deflate;
    private PartialMessage? _partial;
    private Outbox? _outbox;
    private Rarities? _rarities;
    private Ending? _ending;                    // the server's own wish; set before the stage says so
    private long _heldOutput;                   // of the budget
    private volatile Stage _stage;
    private int _unfinished;                    // messages whose task has not completed
    private bool _isPaused;                     // by the user, from any thread
    private bool _isCalling;                    // the handler is being called
    private bool _isStopping;                   // the deadline is that of the close
    private Inquiry _inquiry;                   // and nothing has been heard since
    private volatile bool _owesDrain;           // somebody has been told to wait for it

    public WebSocketProtocol(Connection connection, WebSocketWorker worker,
        WebSocketHandler handler, WebSocketOptions options, string? subprotocol, DeflateTerms? deflate)
    {
        _connection = connection;
        _worker = worker;
        _handler = handler;
        _options = options;
        _expires = options.MaxLifetime > 0 ? worker.Loop.Now + (options.MaxLifetime * 1000L) : long.MaxValue;
        if (deflate is not null) _deflate = new SocketDeflate(deflate, worker);
        if (subprotocol is not null) Rare.Subprotocol = subprotocol;
    }

    public override bool IsIdle => false;

    public WebSocketHandler Handler => _handler;

    /// <summary>What an observer remembers of it, or null.</summary>
    public SocketRecord? Record { get; init; }

    /// <summary>What the handler may hold of what was provided, until it has been told of the close.</summary>
    public OwnedValues? Owned
    {
        get => _rarities?.Owned;
        init
        {
            if (value is not null) Rare.Owned = value;
        }
    }

    public WebSocketOptions Options => _options;

    public WebSocketWorker Worker => _worker;

    public IPEndPoint? RemoteEndPoint => _connection.Peer;

    public string? Subprotocol => _rarities?.Subprotocol;

    /// <summary>Messages can be sent. From any thread.</summary>
    public bool IsOpen => _stage is Stage.Open;

    /// <summary>No memory is held for it beside this object. For tests.</summary>
    internal bool OwnsNothing => _partial is null && _outbox is null or { Bytes: 0 } && _connection.OwnsNothing;

    private Rarities Rare => _rarities ??= new Rarities();

    private OutputBuffer Output => _worker.Output;

    private Loop Loop => _worker.Loop;

    /// <summary>The caller runs on the socket's loop, in its turn: what is sent goes straight into the
    /// output.</summary>
    private bool IsInTurn => Output.Owner == _connection && Loop.IsCurrent;

    /// <summary>The 101 has been written. In the connection's turn.</summary>
    public void Begin()
    {
        _handler.Attach(this);
        _worker.Worker.SwitchedStarted();
        _connection.SwitchTo(this);
        Heard();
        _worker.LookForObservers();
        _worker.Service.Observer.Opened(this);

        CallOpen();
        if (_worker.Service.Service.IsDraining) Drain();
    }

    // ---- turns of its own -------------------------------------------------------------------------------------------

    /// <summary>From any thread: a turn soon, in which everything is done that is due
    /// (<see cref="CatchUp"/>).</summary>
    private void PostTurn()
    {
        // A loop that has ended sends nothing more
        if (!Loop.Post(static state => ((WebSocketProtocol)state!).RunTurn(), this)) _outbox?.Close();
    }

    private void RunTurn()
    {
        if (_connection.IsClosed)
        {
            _outbox?.Close();
            return;
        }

        Loop.BeginTurn(_connection);
        CatchUp();
        _connection.EndTurn();
    }

    // What other threads have asked for, in the order in which it must leave
    private void CatchUp()
    {
        _handler.WritePublished();
        WriteOutbox();
        if (_stage is Stage.CloseWanted) SendClose();
        if (_owesDrain) DrainIfAllIsGone();
        GoOn();
    }

    // Reads on, if it may again
    private void GoOn()
    {
        if (_connection.InputPaused && TakesMessages && !_connection.IsClosing) _connection.Continue();
    }
}
