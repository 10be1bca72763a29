using System.Text;

// Sockets: what is said on each is made of its own secret, and "everybody" of one character that many get
internal sealed partial class App
{
    /// <summary>What all sockets subscribe to.</summary>
    public const string All = "everybody";

    [WebSocket("/socket/{p}", PublishToSelf = true, Compress = Deflate.Shared, Decompress = Deflate.Shared)]
    private static Talker Talk(Server server, string p)
    {
        Ambient.Enter("socket");
        return new Talker(server, p);
    }

    [WebSocket("/socket-late/{p}", PublishToSelf = true)]
    private static async Task<Talker> TalkLate(Server server, string p)
    {
        Ambient.Enter("socket-late");
        await Task.Yield();
        return new Talker(server, p);
    }
}

/// <summary>Answers each message with itself, in the way that its first letter says.</summary>
internal sealed class Talker(Server server, string secret) : WebSocketHandler
{
    private readonly string _topic = "of " + secret;
    private int _closes;

    protected override void Open()
    {
        Ambient.Enter("socket's Open");
        Ledger.Opened();
        Subscribe(_topic);
        Subscribe(App.All);
    }

    protected override async ValueTask Message(string text)
    {
        Ambient.Enter("socket's Message");
        Look(text);
        switch (text[0])
        {
            case 'a':
                await Task.Yield();
                Send(text, compress: true);
                break;
            case 'd':
                await Task.Delay(2);
                Send(text);
                break;
            case 'l':
                _ = Task.Run(() => Send(text, compress: true));
                break;
            case 'p':
                Publish(_topic, text);
                break;
            case 'b':
                await Task.Yield();
                server.Publish(_topic, text);
                break;
            case 'e':
                server.Publish(App.All, string.Concat(Enumerable.Repeat(text[1], Math.Min(text.Length, 200))));
                Send(text);
                break;
            case 'c':
                Send(text);
                CloseSocket(4000, secret);
                break;
            case 't':
                _ = Task.Run(Terminate);
                break;
            case 'x':
                throw new InvalidOperationException("As the client has asked");
            default:
                Send(text, compress: true);
                break;
        }
    }

    protected override ValueTask Message(ReadOnlyMemory<byte> data)
    {
        Ambient.Enter("socket's bytes");
        Look(Encoding.UTF8.GetString(data.Span));
        Send(data.Span, compress: true);
        return default;
    }

    protected override void Close(int code, string reason)
    {
        if (Interlocked.Increment(ref _closes) != 1)
        {
            Ledger.Report("Close twice", secret);
            return;
        }

        if (code == 4000 && reason != secret) Ledger.Report("a close with the reason of another", $"{secret} has {reason}");
        if (Subscriptions.Count > 0 || server.SubscriberCount(_topic) > 0) Ledger.Report("a topic that outlives Close", secret);
        Ledger.Closed();
    }

    // What is thrown on purpose is not to fill the log
    protected override void Error(Exception error)
    {
        if (error.Message != "As the client has asked") Ledger.Report("a socket's error", error.Message);
    }

    private void Look(string text)
    {
        if (Volatile.Read(ref _closes) != 0) Ledger.Report("a message after Close", secret);
        if (Ledger.HasForeign(text, secret)) Ledger.Report("a foreign secret in a message", $"{secret} is told {text[..Math.Min(text.Length, 100)]}");
    }
}
