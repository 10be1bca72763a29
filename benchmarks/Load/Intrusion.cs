using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Prebake.Benchmarks.Load;

/// <summary>Strangers who begin handshakes that they do not end. They repeat one hello, so that they have little work and the server has all of it.</summary>
internal sealed class Intrusion : IDisposable
{
    private const int Stalled = 2_000, AtATime = 64;

    private readonly int _port;
    private readonly byte[] _hello = Record();
    private readonly List<Socket> _stalled = [];
    private readonly Action _end;
    private volatile bool _isOver;
    private long _hellos;

    public Intrusion(int port, Strangers strangers, int processor)
    {
        _port = port;
        _end = strangers switch
        {
            Strangers.Stall => Crew.Start(1, processor, Stall, yields: true),
            Strangers.Flood => Crew.Start(AtATime, processor, Flood, yields: true),
            _ => () => { },
        };
    }

    /// <summary>How many were sent.</summary>
    public long Hellos => Interlocked.Read(ref _hellos);

    public void Dispose()
    {
        _isOver = true;
        _end();
        foreach (var socket in _stalled) socket.Dispose();
    }

    private void Stall()
    {
        while (!_isOver && _stalled.Count < Stalled) _stalled.Add(SayHello());
    }

    private void Flood()
    {
        var answer = new byte[8 << 10];
        while (!_isOver)
        {
            using var socket = SayHello();
            try
            {
                _ = socket.Receive(answer);
            }
            catch (SocketException)
            {
                // It was sent away, or not answered in time: it comes again
            }
        }
    }

    private Socket SayHello()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 1_000, LingerState = new(true, 0) };
        socket.Connect(IPAddress.Loopback, _port);
        socket.Send(_hello);
        Interlocked.Increment(ref _hellos);
        return socket;
    }

    // What .NET's client says first. Without a ticket: the server is to have all of its work
    private static byte[] Record()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        client.Connect((IPEndPoint)listener.LocalEndpoint);
        using var accepted = listener.AcceptSocket();
        using var stream = new SslStream(client.GetStream());
        var shaking = stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", AllowTlsResume = false });
        var buffer = new byte[16 << 10];
        var count = accepted.Receive(buffer);
        accepted.Close();
        try
        {
            shaking.Wait();
        }
        catch (AggregateException)
        {
            // Nobody has answered
        }

        return buffer[..count];
    }
}
