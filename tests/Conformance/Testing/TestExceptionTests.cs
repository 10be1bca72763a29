using System.Net;
using System.Net.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Prebake.Conformance.Testing;

/// <summary>What goes wrong in a handler reaches the test that has asked for it.</summary>
public sealed class TestExceptionTests
{
    private static readonly ServeOptions s_silent = new() { LoggerFactory = NullLoggerFactory.Instance };

    [Theory, InlineData("/bug/bob"), InlineData("/bug/later/bob")]
    public async Task An_exception_that_nobody_answers_is_thrown_where_the_request_was_sent(string path)
    {
        await using TestServer test = Serve.Test(new TestedApp(), s_silent);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => test.GetAsync(path));
        Assert.Equal("a bug of bob", error.Message);
        Assert.Contains(nameof(TestedApp), error.StackTrace);
        Assert.Same(error, Assert.Single(test.Exceptions));

        // The connection is as good as before
        Assert.Equal("constant", await test.GetStringAsync("/constant"));
    }

    [Fact]
    public async Task The_response_can_be_seen_instead()
    {
        await using TestServer test = Serve.Test(new TestedApp(), s_silent with { Development = false });
        test.ThrowsExceptions = false;

        using HttpResponseMessage response = await test.GetAsync("/bug/bob");
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.DoesNotContain("bob", await response.Content.ReadAsStringAsync());
        Assert.Equal("a bug of bob", Assert.Single(test.Exceptions).Message);
    }

    [Fact]
    public async Task What_an_error_method_answers_is_a_response_and_what_it_declines_is_thrown()
    {
        await using TestServer test = Serve.Test(new AnsweringApp(), s_silent);

        using HttpResponseMessage response = await test.GetAsync("/bug");
        Assert.Equal("sorry: a bug", await response.Content.ReadAsStringAsync());
        await Assert.ThrowsAsync<NotSupportedException>(() => test.GetAsync("/bug/unanswered"));
        Assert.Equal(["a bug", "another"], test.Exceptions.Select(error => error.Message));
    }

    [Fact]
    public async Task Each_of_many_requests_gets_its_own()
    {
        await using TestServer test = Serve.Test(new TestedApp(), s_silent);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            if (i % 3 == 0)
            {
                Assert.Equal($"hello {i}", await test.GetStringAsync($"/hello/{i}"));
                return;
            }

            string path = i % 3 == 1 ? $"/bug/{i}" : $"/bug/later/{i}";
            var error = await Assert.ThrowsAsync<InvalidOperationException>(() => test.GetAsync(path));
            Assert.Equal($"a bug of {i}", error.Message);
        })).WaitAsync(TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task One_of_a_socket_comes_from_connecting()
    {
        await using TestServer test = Serve.Test(new TestedApp(), s_silent);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => test.ConnectAsync("/socket/bug").AsTask());
        Assert.Equal("a bug of the socket", error.Message);

        test.ThrowsExceptions = false;
        var refused = await Assert.ThrowsAsync<WebSocketRefusedException>(
            () => test.ConnectAsync("/socket/bug").AsTask());
        Assert.Equal(500, refused.Response.Status);
    }
}
