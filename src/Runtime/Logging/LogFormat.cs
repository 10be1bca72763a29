namespace Prebake;

/// <summary>How the built-in log looks.</summary>
public enum LogFormat
{
    /// <summary>Lines for people; requests in the Common Log Format, with the time they took in seconds at the end.</summary>
    Text,

    /// <summary>One JSON object on each line.</summary>
    Json,
}
