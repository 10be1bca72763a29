namespace Prebake.Development;

/// <summary>What an error page tells of.</summary>
/// <param name="Error">What was thrown.</param>
/// <param name="Method">As sent.</param>
/// <param name="Target">As sent.</param>
/// <param name="Fields">As sent, in their order.</param>
/// <param name="Table">The app's routes.</param>
/// <param name="Route">The route whose handler threw, or −1 when none was found yet.</param>
internal sealed record Failure(
    Exception Error, string Method, string Target, IReadOnlyList<(string Name, string Value)> Fields, RouteTable Table, int Route);
