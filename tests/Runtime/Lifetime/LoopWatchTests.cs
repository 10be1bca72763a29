using Microsoft.Extensions.Logging;
using Prebake.Development;

namespace Prebake.Tests.Lifetime;

/// <summary>Which time counts as held.</summary>
public sealed class LoopWatchTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(3_600_000, 0)]
    public void What_the_compiler_takes_for_a_first_call_is_not_the_handlers(int compiled, int lines)
    {
        using var log = new Lines();
        var clock = new Queue<TimeSpan>([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1) + TimeSpan.FromMilliseconds(compiled)]);
        var slot = new LoopWatchSlot(log, clock.Dequeue);

        slot.Enter(typeof(LoopWatchTests));
        Thread.Sleep(2 * LoopWatch.Patience);
        slot.Leave();
        Assert.Equal(lines, log.Texts.Count);
        Assert.All(log.Texts, text => Assert.StartsWith("A callback of the WebSocket LoopWatchTests held its event loop for ", text, StringComparison.Ordinal));
    }

    private sealed class Lines : ILogger, IDisposable
    {
        public List<string> Texts { get; } = [];

        public void Dispose() { }
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Texts.Add(formatter(state, exception));
    }
}
