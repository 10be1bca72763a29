namespace Prebake.Transports;

/// <summary>
/// A turn was begun inside another one. The loop has one output, so the second would take the bytes of the first: one client would
/// receive the response of another.
/// </summary>
internal sealed class NestedTurnException() : InvalidOperationException(
    "A turn was begun while another connection of the same loop had its turn. " +
    "Post the work to the loop (Loop.Post, Loop.ForEachConnection); it then runs when the turn has ended.");
