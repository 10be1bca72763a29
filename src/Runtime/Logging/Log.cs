using System.Collections;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Prebake.Logging;

/// <summary>
/// Every message of the framework. The numbers are stable. By hand, since what <c>[LoggerMessage]</c> writes parses all templates before the first message:
/// a tenth of the time to the first answer.
/// </summary>
internal static class Log
{
    public const string ServerCategory = "Prebake.Server", AccessCategory = "Prebake.Access", TlsCategory = "Prebake.Tls";

    public static void Listening(ILogger logger, string url) =>
        Write(logger, LogLevel.Information, 1, "Listening", null, "Listening on {Url}", ("Url", url));

    public static void PortSetBy(ILogger logger, int port, string setting) =>
        Write(
            logger, LogLevel.Information, 2, "PortSetBy", null,
            "Port {Port} set by {Setting}", ("Port", port), ("Setting", setting));

    public static void Redirecting(ILogger logger, string url) =>
        Write(logger, LogLevel.Information, 14, "Redirecting", null, "Redirecting {Url} to it", ("Url", url));

    public static void Unhandled(ILogger logger, Exception error, string request, string? requestId) =>
        Write(
            logger, LogLevel.Error, 3, "Unhandled", error,
            requestId is null
                ? "Unhandled exception while answering {Request}"
                : "Unhandled exception while answering {Request} (id {RequestId})",
            ("Request", request), ("RequestId", requestId));

    public static void Stopping(ILogger logger, int pending, TimeSpan deadline)
    {
        bool isLimited = deadline != Timeout.InfiniteTimeSpan;
        Write(logger, LogLevel.Information, 4, "Stopping", null,
            (pending, isLimited) switch
            {
                (0, _) => "Stopping: no request is in flight",
                (1, false) => "Stopping when {Pending} request in flight has finished",
                (_, false) => "Stopping when {Pending} requests in flight have finished",
                (1, true) =>
                    "Stopping: {Pending} request in flight has {Seconds} "
                        + Plural("second", deadline.TotalSeconds) + " to finish",
                _ =>
                    "Stopping: {Pending} requests in flight have {Seconds} "
                        + Plural("second", deadline.TotalSeconds) + " to finish",
            },
            ("Pending", pending), ("Seconds", isLimited ? deadline.TotalSeconds : "unlimited"));
    }

    public static void DeadlinePassed(ILogger logger, int pending) =>
        Write(logger, LogLevel.Warning, 5, "DeadlinePassed", null,
            pending switch
            {
                0 => "The time to finish is over: the remaining connections are cut",
                1 => "The time to finish is over: {Pending} request is cut",
                _ => "The time to finish is over: {Pending} requests are cut",
            },
            ("Pending", pending));

    public static void Exhausted(ILogger logger) =>
        Write(
            logger, LogLevel.Warning, 6, "Exhausted", null,
            "File descriptors or memory have run out, so new connections wait until others close: raise the limit "
                + "(ulimit -n)");

    public static void Held(ILogger logger, string handler, string advice, long milliseconds) =>
        Write(logger, LogLevel.Warning, 7, "Held", null,
            "{Handler} held its event loop for {Milliseconds} ms while every other connection of that loop waited: "
                + advice,
            ("Handler", handler), ("Milliseconds", milliseconds));

    public static void Holds(ILogger logger, string handler, string advice, long milliseconds) =>
        Write(logger, LogLevel.Warning, 8, "Holds", null,
            "{Handler} has been holding its event loop for {Milliseconds} ms: " + advice,
            ("Handler", handler), ("Milliseconds", milliseconds));

    public static void TooManyConnections(ILogger logger, int limit) =>
        Write(logger, LogLevel.Warning, 9, "TooManyConnections", null,
            "The limit of connections is reached (ServeOptions.MaxConnections = {Limit}): new connections get 503 "
                + "and are closed", ("Limit", limit));

    public static void Request(ILogger logger, in AccessEntry entry)
    {
        if (!logger.IsEnabled(LogLevel.Information)) return;
        Write(
            logger, LogLevel.Information, 100, "Request", null,
            "{Method} {Target} {Protocol} {Status} {Bytes} bytes in {Seconds} s for {Client}",
            ("Method", entry.Method), ("Target", entry.Target), ("Protocol", entry.Protocol), ("Status", entry.Status), ("Bytes", entry.Bytes), ("Seconds", entry.Seconds),
            ("Client", entry.Client?.ToString()), ("Route", entry.Route), ("TraceId", entry.TraceId), ("RequestId", entry.RequestId));
    }

    public static void BackplaneFailed(ILogger logger, Exception error) =>
        Write(logger, LogLevel.Error, 20, "BackplaneFailed", error, "The backplane failed to stop");

    public static void ObserverFailed(ILogger logger, Exception error) =>
        Write(logger, LogLevel.Error, 10, "ObserverFailed", error, "A listener for metrics or traces failed");

    public static void LoopFault(ILogger logger, Exception error) =>
        Write(
            logger, LogLevel.Critical, 11, "LoopFault", error,
            "An exception reached an event loop: the connection that caused it was cut, and the loop goes on");

    public static void HealthFailed(ILogger logger, Exception error) =>
        Write(
            logger, LogLevel.Error, 12, "HealthFailed", error,
            "The [Health] method threw an exception, so the probe was answered 503");

    public static void RenewalFailed(ILogger logger, Exception error) =>
        Write(
            logger, LogLevel.Error, 20, "RenewalFailed", error,
            "The TLS certificates could not be renewed, so the server goes on with the old ones: {Reason}",
            ("Reason", error.Message));

    public static void CertificatesRenewed(ILogger logger) =>
        Write(
            logger, LogLevel.Information, 26, "CertificatesRenewed", null,
            "The TLS certificates have been renewed: new connections get the new ones");

    public static void DevelopmentCertificateMade(ILogger logger, string path, string howToTrust) =>
        Write(
            logger, LogLevel.Information, 29, "DevelopmentCertificateMade", null,
            "A certificate for localhost has been made for this user: {Path}. To trust it, once: {HowToTrust}",
            ("Path", path), ("HowToTrust", howToTrust));

    public static void CertificateExpired(ILogger logger, string origin, DateTimeOffset at) =>
        Write(
            logger, LogLevel.Warning, 27, "CertificateExpired", null,
            "A TLS certificate of {Origin} expired on {Date}, so clients refuse it: renew it",
            ("Origin", origin), ("Date", at.UtcDateTime.ToString("u")));

    public static void CertificateNotYetValid(ILogger logger, string origin, DateTimeOffset at) =>
        Write(
            logger, LogLevel.Warning, 28, "CertificateNotYetValid", null,
            "A TLS certificate of {Origin} is not valid before {Date}, so clients refuse it: check the clock",
            ("Origin", origin), ("Date", at.UtcDateTime.ToString("u")));

    public static void HandshakeFailed(ILogger logger, string failure, string? reason, System.Net.IPEndPoint? client) =>
        Write(
            logger, LogLevel.Debug, 21, "HandshakeFailed", null,
            "A TLS handshake with {Client} failed: {Failure} ({Reason})",
            ("Client", client), ("Failure", failure), ("Reason", reason));

    public static void NoProxyHeader(ILogger logger, System.Net.IPAddress? client, bool isTrusted) =>
        Write(
            logger, LogLevel.Warning, 40, "NoProxyHeader", null,
            isTrusted
                ? "A connection from {Client} was cut, since it did not begin with a valid PROXY header: let the proxy "
                    + "send one, or set ProxyProtocol to false"
                : "A connection from {Client} was cut: with ProxyProtocol only TrustedProxies may connect",
            ("Client", client));

    public static void Ending(ILogger logger, Exception? error) =>
        Write(
            logger, LogLevel.Critical, 13, "Ending", error,
            "An exception that nothing can catch ends the process: return Task where a method is 'async void', and "
                + "catch what timers and threads of your own throw");

    private static void Write(ILogger logger, LogLevel level, int id, string name, Exception? error, string template, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        if (!logger.IsEnabled(level)) return;

        var state = new KeyValuePair<string, object?>[values.Length + 1];
        for (int i = 0; i < values.Length; i++) state[i] = new(values[i].Name, values[i].Value);
        state[^1] = new("{OriginalFormat}", template);
        var message = new State(template, state);
        try
        {
            if (logger is ConsoleLog console) console.Write(level, new EventId(id, name), message, error, message.ToString());
            else logger.Log(level, new EventId(id, name), message, error, static (state, _) => state.ToString());
        }
        catch (Exception failure)
        {
            // A logger that fails must not take the request with it, nor the loop
            ConsoleWriter.Error.Write($"The logger failed ({failure.Message}) on: {message}");
        }
    }

    private static string Plural(string noun, double count) => count == 1 ? noun : noun + "s";

    /// <summary>What a structured log takes apart, and a plain one shows as text.</summary>
    private sealed class State(string template, KeyValuePair<string, object?>[] values) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        public int Count => values.Length;

        public KeyValuePair<string, object?> this[int index] => values[index];

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, object?>>)values).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString()
        {
            var text = new StringBuilder(template);
            foreach ((string name, object? value) in values.AsSpan(0, values.Length - 1))
                text.Replace("{" + name + "}", value is IFormattable number ? number.ToString(null, CultureInfo.InvariantCulture) : value?.ToString() ?? "-");
            return text.ToString();
        }
    }
}
