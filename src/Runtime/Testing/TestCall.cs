using System.Net;

namespace Prebake.Testing;

/// <summary>One request of a test, as both sides know it: what no <c>[Error]</c> method has answered comes back to
/// it.</summary>
internal sealed class TestCall
{
    private static readonly AsyncLocal<TestCall?> s_current = new();
    private volatile Exception? _error;

    /// <summary>The one that writes to a connection at the moment: an HttpClient writes where it was asked
    /// to.</summary>
    public static TestCall? Current => s_current.Value;

    /// <summary>The exception of its handler, or null.</summary>
    public Exception? Error => _error;

    /// <summary>Whatever the caller writes to a connection is this call's from here on.</summary>
    public static TestCall Begin() => s_current.Value = new TestCall();

    public void Fail(Exception error) => _error = error;
}

/// <summary>The client's end of a connection in memory: an address, and the call that it is busy with.</summary>
internal sealed class TestPeer(IPAddress address, int port) : IPEndPoint(address, port)
{
    private volatile TestCall? _call;

    public TestCall? Call { get => _call; set => _call = value; }
}
