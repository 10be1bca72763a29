// How a handler asks the database of benchmarks/Load: the same code in both .NET servers, so that only what is around it differs.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

/// <summary>Connections that are kept open between questions, as a driver's pool does.</summary>
internal static class Database
{
    private static readonly byte[] s_question = Encoding.ASCII.GetBytes("SELECT ".PadRight(100, '.'));
    private static readonly ConcurrentQueue<DatabaseConnection> s_idle = new();

    public static async Task<string> Ask()
    {
        if (!s_idle.TryDequeue(out DatabaseConnection? connection)) connection = await DatabaseConnection.Open();
        string answer = await connection.Ask(s_question);
        s_idle.Enqueue(connection);

        return answer;
    }
}

internal sealed class DatabaseConnection
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _answer = new byte[100];

    public static async Task<DatabaseConnection> Open()
    {
        var connection = new DatabaseConnection();
        await connection._socket.ConnectAsync(IPAddress.Loopback, int.Parse(Environment.GetEnvironmentVariable("DATABASE_PORT")!));
        return connection;
    }

    public async ValueTask<string> Ask(byte[] question)
    {
        await _socket.SendAsync(question);
        for (int filled = 0; filled < _answer.Length;)
        {
            int received = await _socket.ReceiveAsync(_answer.AsMemory(filled));
            if (received == 0) throw new IOException("The database has closed the connection.");
            filled += received;
        }

        return Encoding.ASCII.GetString(_answer);
    }
}
