namespace Prebake;

/// <summary>The port or the socket is already in use. The message names it and says what to do.</summary>
public sealed class AddressInUseException : IOException
{
    /// <summary>Made by the server when it starts.</summary>
    /// <param name="message">The sentence to show.</param>
    public AddressInUseException(string message) : base(message) { }
}
