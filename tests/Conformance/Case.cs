namespace Prebake.Conformance;

/// <summary>
/// One conversation: what is sent, and the statuses that come back. <c>Closes</c>: then the server ends the connection; otherwise it must still
/// answer a further request.
/// </summary>
public sealed record Case(string Name, string Raw, int[] Statuses, bool Closes, bool ToHead = false)
{
    public override string ToString() => Name;
}
