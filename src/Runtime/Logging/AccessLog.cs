using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Prebake.Logging;

/// <summary>
/// One answered request, as a log shows it. The status is 499 when the client left before it was answered; the bytes are those of the body,
/// without the head and the framing of chunks; the route is the pattern, or null when none fitted. A head that was refused has no method, no target and no protocol: each is a dash. The id is that
/// of <c>request.Id</c>, or null when nobody has asked for it.
/// </summary>
internal readonly record struct AccessEntry(
    string Method, string Target, string Protocol, int Status, long Bytes, double Seconds, IPAddress? Client, string? Route, string? TraceId, string? RequestId);

/// <summary>A line for each request: to the user's logger, or to standard output.</summary>
internal sealed class AccessLog(ILogger? logger, LogFormat format)
{
    private readonly ConsoleWriter _writer = ConsoleWriter.Output;
    private long _second;
    private string _date = "";

    public void Write(in AccessEntry entry)
    {
        if (logger is not null) Log.Request(logger, entry);
        else _writer.Write(format is LogFormat.Json ? Json(entry) : Common(entry));
    }

    internal static string Json(in AccessEntry entry) => new JsonLine(nameof(LogLevel.Information), Log.AccessCategory)
        .Add("method", entry.Method).Add("target", entry.Target).Add("protocol", entry.Protocol).Add("status", entry.Status).Add("bytes", entry.Bytes)
        .Add("seconds", entry.Seconds).Add("client", entry.Client?.ToString()).Add("route", entry.Route).Add("traceId", entry.TraceId)
        .Add("requestId", entry.RequestId).ToString();

    // 127.0.0.1 - - [23/Nov/2026:16:00:00 +0000] "GET /users/5 HTTP/1.1" 200 131 0.000412
    internal string Common(in AccessEntry entry)
    {
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"{(object?)entry.Client ?? "-"} - - [{Date()}] \"{Escape(entry.Method)} {Escape(entry.Target)} {entry.Protocol}\" "
                + $"{entry.Status} {Bytes(entry.Bytes)} {entry.Seconds:0.000000}");
        return entry.RequestId is { } id ? $"{line} {id}" : line;
    }

    // %b of Apache's mod_log_config: a dash, and not 0, when there was no body
    private static string Bytes(long bytes) => bytes == 0 ? "-" : bytes.ToString(CultureInfo.InvariantCulture);

    private string Date()
    {
        DateTime now = DateTime.UtcNow;
        long second = now.Ticks / TimeSpan.TicksPerSecond;
        if (Volatile.Read(ref _second) == second) return _date;

        string date = now.ToString("dd/MMM/yyyy:HH:mm:ss +0000", CultureInfo.InvariantCulture);
        _date = date;
        Volatile.Write(ref _second, second);
        return date;
    }

    // A target has no control characters, since the parser refuses them; a quote would end the field
    private static string Escape(string text)
    {
        if (text.AsSpan().IndexOfAny('"', '\\') < 0) return text;
        return new StringBuilder(text).Replace("\\", "\\x5C").Replace("\"", "\\x22").ToString();
    }
}
