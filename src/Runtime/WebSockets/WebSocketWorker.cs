using Prebake.Serving;
using Prebake.Transports;

namespace Prebake.WebSockets;

/// <summary>What the WebSockets of one loop share, since only one of them has its turn at a time.</summary>
internal sealed class WebSocketWorker(Worker worker)
{
    private const int SpareMessages = 16;

    private readonly Stack<PartialMessage> _spare = new();
    private readonly Deflater?[] _deflaters = new Deflater?[16];           // by window

    public Worker Worker => worker;
    public Loop Loop => worker.Loop;
    public OutputBuffer Output { get; } = worker.Output;

    /// <summary>What the sockets of all loops share.</summary>
    public WebSocketService Service { get; } = WebSocketService.Of(worker.Service);

    /// <summary>Told of messages; null while nobody wants to know.</summary>
    public WebSocketObserver? Observer { get; private set; }

    /// <summary>Something has come, or is about to be delivered.</summary>
    public void LookForObservers() => Observer = Service.Observer is { IsOn: true } observer ? observer : null;

    /// <summary>A message that is being compressed.</summary>
    public Scratch Compressed => field ??= new Scratch();

    /// <summary>One that has been inflated. The handler that sees it may send, so it is another.</summary>
    public Scratch Inflated => field ??= new Scratch();

    public Inflater Inflater => field ??= new Inflater();

    /// <summary>The compressor for messages that refer back so far at most, as a power of two.</summary>
    public Deflater DeflaterOf(int windowBits) => _deflaters[windowBits] ??= new Deflater(windowBits);

    /// <summary>On the loop, which makes it with the first socket.</summary>
    public static WebSocketWorker Of(Worker worker) =>
        (WebSocketWorker)(worker.Switched ??= new WebSocketWorker(worker));

    public PartialMessage TakeMessage() => _spare.Count > 0 ? _spare.Pop() : new PartialMessage();

    public void PutBack(PartialMessage message)
    {
        message.Release();
        if (_spare.Count < SpareMessages) _spare.Push(message);
    }
}
