namespace Prebake.Generators.Analyze;

/// <summary>The methods of <c>WebSocketHandler</c> and <c>Server</c> that take a topic.</summary>
internal static class TopicCalls
{
    public static bool IsName(string method) => method is "Subscribe" or "Publish" || Asks(method);

    /// <summary>Whether a method only asks for what somebody has subscribed to.</summary>
    public static bool Asks(string method) => method is "SubscriberCount" or "IsSubscribed" or "Unsubscribe";
}
