using System.Text;
using Prebake.Http;
using Prebake.Tests.Parser;

namespace Prebake.Tests.Messages;

public sealed class HeadersTests
{
    [Fact]
    public void A_list_of_fields_keeps_order_and_joins_repeated_ones()
    {
        var headers = new Headers { ["X-One"] = "1", ["B"] = "2" };
        headers.Add("x-one", "3");
        headers.Append("Set-Cookie", "a=1");
        headers.Append("Set-Cookie", "b=2");

        Assert.Equal("1, 3", headers["X-ONE"]);
        Assert.Equal(["1", "3"], headers.GetAll("x-one"));
        Assert.Equal("a=1", headers["set-cookie"]);
        Assert.Equal(["a=1", "b=2"], headers.GetAll("Set-Cookie"));
        Assert.Equal(5, headers.Count);
        Assert.Equal(["X-One", "B", "x-one", "Set-Cookie", "Set-Cookie"], headers.Select(line => line.Key));
        Assert.True(headers.Contains("b"));
        Assert.True(headers.Remove("B"));
        Assert.False(headers.Remove("B"));
        Assert.Null(headers["B"]);

        headers["X-One"] = "4";
        Assert.Equal("4", headers["x-one"]);
        headers["X-One"] = null;
        Assert.False(headers.Contains("X-One"));
    }

    [Theory]
    [InlineData("", "a")]
    [InlineData("a b", "a")]
    [InlineData("a:", "a")]
    [InlineData("é", "a")]
    [InlineData("a\r\n", "a")]
    [InlineData("a", "b\r\nc: d")]
    [InlineData("a", "b\n")]
    [InlineData("a", "\0")]
    [InlineData("a", "\x7f")]
    [InlineData("a", "€")]
    [InlineData("a", " b")]
    [InlineData("a", "b\t")]
    public void What_cannot_be_sent_is_refused(string name, string value) => Assert.Throws<ArgumentException>(() => new Headers { { name, value } });

    [Fact]
    public void Null_is_refused_where_it_is_set()
    {
        foreach (Headers headers in (Headers[])[new(), new Response().Headers, new Response().Trailers])
        {
            Assert.Throws<ArgumentNullException>(() => headers.Add(null!, "a"));
            Assert.Throws<ArgumentNullException>(() => headers.Add("a", null!));
            Assert.Throws<ArgumentNullException>(() => headers.Append("a", null!));
            Assert.Throws<ArgumentNullException>(() => headers[null!] = "a");
            Assert.Throws<ArgumentNullException>(() => headers[null!]);
            Assert.Throws<ArgumentNullException>(() => headers.Remove(null!));
            Assert.Empty(headers);
        }
    }

    [Fact]
    public void A_value_that_is_refused_leaves_the_old_one()
    {
        var headers = new Headers { ["X"] = "1" };
        Assert.Throws<ArgumentException>(() => headers["X"] = "a\r\nb");
        Assert.Equal("1", headers["X"]);
    }

    [Fact]
    public void A_snapshot_and_an_enumeration_see_one_moment()
    {
        var headers = new Headers { ["A"] = "1", ["B"] = "2" };
        Headers snapshot = headers.Snapshot();
        using IEnumerator<KeyValuePair<string, string>> lines = headers.GetEnumerator();
        Assert.True(lines.MoveNext());

        headers["C"] = "3";
        headers.Remove("A");
        headers["B"] = "4";
        snapshot.Add("D", "5");

        Assert.True(lines.MoveNext());
        Assert.Equal(("B", "2"), (lines.Current.Key, lines.Current.Value));
        Assert.False(lines.MoveNext());
        Assert.Equal(["A", "B", "D"], snapshot.Select(line => line.Key));
        Assert.Equal(["C", "B"], headers.Select(line => line.Key));
        Assert.Throws<ArgumentException>(() => new Response().Trailers.Snapshot().Add("Content-Length", "1"));
    }

    [Fact]
    public async Task One_thread_may_read_what_another_writes()
    {
        var headers = new Headers();
        using var stop = new CancellationTokenSource();
        Task write = Task.Run(() =>
        {
            for (int i = 0; i < 200_000; i++)
            {
                string value = i.ToString(System.Globalization.CultureInfo.InvariantCulture);
                headers.Add("X" + value, value);
                if (i % 50 == 49) headers.Remove("X" + value);
                if (i % 100 == 0) headers["Y"] = value;
                if (headers.Count > 500) foreach (KeyValuePair<string, string> line in headers) headers.Remove(line.Key);
            }

            stop.Cancel();
        });

        // A line is whole or not there: name and value belong together
        while (!stop.IsCancellationRequested)
        {
            foreach ((string name, string value) in headers) Assert.True(name == "Y" || name == "X" + value, $"{name}: {value}");
            foreach ((string name, string value) in headers.Snapshot()) Assert.True(name == "Y" || name == "X" + value, $"{name}: {value}");
        }

        await write;
    }

    [Theory]
    [InlineData("a", "")]
    [InlineData("!#$%&'*+-.^_`|~09AZaz", "a b\tc")]
    [InlineData("a", "é")]
    public void What_can_be_sent_is_kept(string name, string value) => Assert.Equal(value, new Headers { { name, value } }[name]);

    [Theory]
    [InlineData("Content-Length")]
    [InlineData("content-length")]
    [InlineData("Transfer-Encoding")]
    public void The_framing_of_a_response_is_the_servers(string name)
    {
        Assert.Throws<ArgumentException>(() => new Response().Headers[name] = "5");
        new Headers()[name] = "5";
    }

    [Fact]
    public void The_fields_of_a_request_are_a_view_that_cannot_be_changed()
    {
        RequestHead head = HeadText.Parse("GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\nx: \xe9\r\nEmpty:\r\n\r\n").Head;
        var headers = new Headers(head);

        Assert.Equal("1, é", headers["X"]);
        Assert.Equal(["1", "é"], headers.GetAll("X"));
        Assert.Equal("", headers["empty"]);
        Assert.Null(headers["none"]);
        Assert.Equal(4, headers.Count);
        Assert.Equal(["Host", "X", "x", "Empty"], headers.Select(line => line.Key));
        Assert.Throws<InvalidOperationException>(() => headers["X"] = "2");
        Assert.Throws<InvalidOperationException>(() => headers.Remove("X"));
    }
}
