using Microsoft.Extensions.Logging;
using Prebake.Logging;

namespace Prebake.Tests.Logging;

/// <summary>What an operator reads.</summary>
public sealed class LogTests
{
    [Theory]
    [InlineData(0, 10, "Stopping: no request is in flight")]
    [InlineData(0, -1, "Stopping: no request is in flight")]
    [InlineData(1, 10, "Stopping: 1 request in flight has 10 seconds to finish")]
    [InlineData(2, 1, "Stopping: 2 requests in flight have 1 second to finish")]
    [InlineData(2, 0.5, "Stopping: 2 requests in flight have 0.5 seconds to finish")]
    [InlineData(1, -1, "Stopping when 1 request in flight has finished")]
    [InlineData(3, -1, "Stopping when 3 requests in flight have finished")]
    public void A_stop_says_what_it_waits_for(int pending, double seconds, string line) =>
        Assert.Equal(line, Said(logger => Log.Stopping(logger, pending, seconds < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(seconds))));

    [Theory]
    [InlineData(0, "The time to finish is over: the remaining connections are cut")]
    [InlineData(1, "The time to finish is over: 1 request is cut")]
    [InlineData(2, "The time to finish is over: 2 requests are cut")]
    public void A_deadline_says_what_it_cuts(int pending, string line) => Assert.Equal(line, Said(logger => Log.DeadlinePassed(logger, pending)));

    [Fact]
    public void A_limit_of_one_reads_as_well_as_one_of_many() =>
        Assert.Equal("The limit of connections is reached (ServeOptions.MaxConnections = 1): new connections get 503 and are closed",
            Said(logger => Log.TooManyConnections(logger, 1)));

    private static string Said(Action<ILogger> say)
    {
        var logger = new Lines();
        say(logger);
        return Assert.Single(logger.Written);
    }

    private sealed class Lines : ILogger
    {
        public List<string> Written { get; } = [];
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add(formatter(state, exception));
    }
}
