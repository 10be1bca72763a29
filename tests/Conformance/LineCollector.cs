using Microsoft.Extensions.Logging;

namespace Prebake.Conformance;

/// <summary>What a server logs, as text.</summary>
internal sealed class LineCollector : ILoggerFactory, ILogger
{
    private readonly List<string> _lines = [];

    public string[] Lines { get { lock (_lines) return [.. _lines]; } }

    public ILogger CreateLogger(string categoryName) => this;
    public void AddProvider(ILoggerProvider provider) { }
    public void Dispose() { }
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        lock (_lines) _lines.Add(formatter(state, exception));
    }
}
