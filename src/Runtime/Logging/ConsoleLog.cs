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
        if (!IsEnabled(logLevel)) return;

        string message = formatter(state, exception);
        string line = format is LogFormat.Json ? Json(logLevel, eventId, state, exception, message) : exception is null ? message : $"{message}: {exception}";
        if (Waits) StandardStreams.WriteLine(line);
        else (logLevel >= LogLevel.Warning ? ConsoleWriter.Error : ConsoleWriter.Output).Write(line);
    }

    private string Json<TState>(LogLevel level, EventId eventId, TState state, Exception? exception, string message)
    {
        JsonLine line = new JsonLine(level.ToString(), category).Add("id", eventId.Id).Add("event", eventId.Name).Add("message", message);
        if (state is IReadOnlyList<KeyValuePair<string, object?>> values)
            foreach ((string name, object? value) in values)
                if (name != "{OriginalFormat}") line.AddValue(name, value);
        return line.Add("exception", exception?.ToString()).ToString();
    }
}
