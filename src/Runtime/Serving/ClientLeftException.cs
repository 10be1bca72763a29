namespace Prebake.Serving;

/// <summary>The client has gone in the middle of its body. Nobody's fault, so it is not logged as one.</summary>
internal sealed class ClientLeftException()
    : IOException("The client closed the connection before the whole body had arrived.");
