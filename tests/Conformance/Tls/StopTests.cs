using System.Net.Sockets;
using System.Text;
using Prebake.Testing;

namespace Prebake.Conformance.Tls;

/// <summary>What a stop finds: connections in every state between the first byte and the last.</summary>
public sealed partial class StopTests
{
    public static TheoryData<Over> Transports => new(Servers.TlsTransports);

    internal sealed partial class App
    {
        public Gate Gate { get; } = new();

        [Get("/slow")]
        private async Task<string> Slow()
        {
            Gate.Entered.TrySetResult();
            await Gate.Open.Task;
            return "late";
        }
    }

    internal sealed class Gate
    {
        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public TaskCompletionSource Open { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_stop_ends_each_connection_in_the_way_of_its_state(Over transport)
    {
        var app = new App();
        await using Server server = Servers.StartApp(
            transport, app, TlsServers.Patient with { Tls = [Servers.Tls], HandshakeTimeout = TimeSpan.FromMinutes(5) });
        byte[] hello = await HandshakeFloodTests.HelloAsync();
        using Socket silent = HandshakeTests.Connect(server), half = HandshakeTests.Connect(server), whole = HandshakeTests.Connect(server);
        await half.SendAsync(hello.AsMemory(0, 40));
        await whole.SendAsync(hello);
        Assert.Equal(1, await whole.ReceiveAsync(new byte[1]));

        using TlsClient idle = new TlsClient(server).ShakeHands(), asked = new TlsClient(server).ShakeHands();
        using TlsClient waiting = new TlsClient(server).ShakeHands();
        asked.Stream.Write("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n"u8);
        Assert.NotEqual(-1, asked.Stream.ReadByte());
        waiting.Stream.Write("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"u8);
        await app.Gate.Entered.Task.WaitAsync(TimeSpan.FromMinutes(1));

        Task stopped = server.StopAsync();
        HandshakeTests.ReadToEnd(silent);
        HandshakeTests.ReadToEnd(half);
        HandshakeTests.ReadToEnd(whole);
        Assert.Equal("", ReadToEnd(idle));
        ReadToEnd(asked);
        Assert.False(stopped.IsCompleted);

        // What has been asked is answered, and the connection says goodbye
        app.Gate.Open.SetResult();
        Assert.EndsWith("late", ReadToEnd(waiting));
        await stopped.WaitAsync(TimeSpan.FromMinutes(1));
    }

    private static string ReadToEnd(TlsClient client)
    {
        using var reader = new StreamReader(client.Stream, Encoding.ASCII, leaveOpen: true);
        return reader.ReadToEnd();
    }
}
