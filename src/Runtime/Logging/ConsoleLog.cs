using Microsoft.Extensions.Logging;

namespace Prebake.Logging;

/// <summary>The log of a server that was given none: information to standard output, warnings and errors to standard error. Debug and trace are left out.</summary>
internal sealed class ConsoleLog(string category, LogFormat format) : ILogger
{
    /// <summary>Who says something waits until it is written: at the start, when a thread to write would cost more than the line.</summary>
    public bool Waits { get; set; }

    public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Information and < LogLevel.None;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) Write(logLevel, eventId, state, exception, formatter(state, exception));
    }

    /// <summary>The same for those who know this class: finding the code of a generic virtual method takes a native binary longer than writing the line.</summary>
    public void Write(LogLevel level, EventId eventId, object? state, Exception? exception, string message)
    {
        string line = format is LogFormat.Json ? Json(level, eventId, state, exception, message) : exception is null ? message : $"{message}: {exception}";
        if (Waits) StandardStreams.WriteLine(line);
        else (level >= LogLevel.Warning ? ConsoleWriter.Error : ConsoleWriter.Output).Write(line);
    }

    private string Json(LogLevel level, EventId eventId, object? state, Exception? exception, string message)
    {
        JsonLine line = new JsonLine(level.ToString(), category).Add("id", eventId.Id).Add("event", eventId.Name).Add("message", message);
        if (state is IReadOnlyList<KeyValuePair<string, object?>> values)
            foreach ((string name, object? value) in values)
                if (name != "{OriginalFormat}") line.AddValue(name, value);
        return line.Add("exception", exception?.ToString()).ToString();
    }
}
