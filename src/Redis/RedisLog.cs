using Microsoft.Extensions.Logging;

namespace Prebake.Redis;

/// <summary>Every message of the backplane. The numbers are stable.</summary>
internal static partial class RedisLog
{
    [LoggerMessage(200, LogLevel.Warning,
        "The link to Redis is down; messages for other instances wait until it is back")]
    public static partial void Down(ILogger logger, Exception? error);

    [LoggerMessage(201, LogLevel.Warning,
        "The link to Redis is back after {Seconds:0.0} s; {Lost} messages for other instances were lost meanwhile")]
    public static partial void Back(ILogger logger, double seconds, long lost);

    [LoggerMessage(202, LogLevel.Warning, "{Count} messages of another instance did not arrive here")]
    public static partial void Missed(ILogger logger, long count);

    [LoggerMessage(203, LogLevel.Warning,
        "A message on the Redis channel '{Channel}' is not from this version of Prebake; use another channel for it")]
    public static partial void Foreign(ILogger logger, string channel);

    [LoggerMessage(204, LogLevel.Warning,
        "The server has stopped before {Count} messages could be handed to Redis; other instances do not get them")]
    public static partial void LeftBehind(ILogger logger, int count);

    [LoggerMessage(206, LogLevel.Warning,
        "More than {Bytes} bytes wait for Redis; messages for other instances are lost until it has taken some")]
    public static partial void Full(ILogger logger, int bytes);

    [LoggerMessage(207, LogLevel.Warning, "A message of another instance could not be delivered here")]
    public static partial void Refused(ILogger logger, Exception error);

    [LoggerMessage(208, LogLevel.Error,
        "Redis refuses the channel '{Channel}' to this server, so messages for and from other instances wait or are "
        + "lost; give its user the right to it (ACL SETUSER … &{Channel} +publish +subscribe)")]
    public static partial void Denied(ILogger logger, string channel, Exception error);

    [LoggerMessage(209, LogLevel.Warning,
        "The topic of a message has more than {Bytes} bytes, and so other instances do not get it; use a shorter name")]
    public static partial void LongTopic(ILogger logger, int bytes);

    [LoggerMessage(205, LogLevel.Error, "The Redis backplane failed")]
    public static partial void Failed(ILogger logger, Exception error);
}
