namespace Prebake;

/// <summary>The server has answered a handshake with something else than 101.</summary>
public sealed class WebSocketRefusedException : Exception
{
    internal WebSocketRefusedException(Response response)
        : base($"The server refused the WebSocket with status {response.Status}; see the response.") =>
        Response = response;

    /// <summary>What it has answered instead.</summary>
    public Response Response { get; }
}
