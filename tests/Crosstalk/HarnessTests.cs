using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Prebake.Crosstalk;

/// <summary>What looks for faults sees them: a server that has them all, by hand.</summary>
public sealed class HarnessTests
{
    [Fact]
    public void A_secret_of_another_request_is_found_and_its_own_is_not()
    {
        var random = new Random(1);
        Secret mine = new(random), other = new(random);
        Assert.Null(mine.FindForeign(Encoding.ASCII.GetBytes($"x{mine.Path}zq{mine.Header}{mine.Cookie}{mine.Body}zq")));
        Assert.Equal(other.Cookie, mine.FindForeign(Encoding.ASCII.GetBytes($"{mine.Path}..zqzq{other.Cookie}{mine.Body}")));
        Assert.Null(mine.FindForeign(Encoding.ASCII.GetBytes(other.Path[..^1])));
    }

    [Fact]
    public async Task A_seed_sends_the_same_again()
    {
        Assert.Equal(Sent(5), Sent(5));
        Assert.NotEqual(Sent(5), Sent(6));
        await Task.CompletedTask;

        static string Sent(int seed)
        {
            var random = new Random(seed);
            var sent = new StringBuilder();
            for (int i = 0; i < 300; i++)
                sent.Append(Encoding.UTF8.GetString(Calls.Pick(random, Weather.ClosesIdle, only: null).Serialize(random)));
            return sent.ToString();
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "Whole", 200, "hello", "")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", "Closed", 200, "hell", "")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 ", "Whole", 200, "hello", "HTTP/1.1 ")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", "Whole", 204, "", "")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\nX-Sum: 1\r\n\r\n", "Whole", 200, "hello", "")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n", "Closed", 200, "hel", "")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n", "Malformed", 200, "hel", "lo\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nhello", "Whole", 200, "hello", "")]
    [InlineData("HTTP/1.1 20", "Closed", 0, "", "HTTP/1.1 20")]
    [InlineData("hello\r\n\r\n", "Malformed", 0, "", "hello\r\n\r\n")]
    public async Task An_answer_is_read_as_it_came(string sent, string end, int status, string body, string rest)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using Wire wire = await Wire.ConnectAsync(((IPEndPoint)listener.LocalEndPoint!).Port);
        using Socket server = await listener.AcceptAsync();
        await server.SendAsync(Encoding.ASCII.GetBytes(sent));
        server.Shutdown(SocketShutdown.Send);

        Answer answer = await wire.ReceiveAsync();
        Assert.Equal((end, status, body), ($"{answer.End}", answer.Status, answer.Text));
        Assert.Equal(rest, Encoding.ASCII.GetString(wire.Rest));
    }
}
