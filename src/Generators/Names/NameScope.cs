namespace Prebake.Generators.Names;

/// <summary>Hands out names that nothing else in a piece of emitted code has, whatever the user's are.</summary>
internal sealed class NameScope
{
    private readonly HashSet<string> _taken;

    public NameScope(IEnumerable<string> taken) => _taken = new HashSet<string>(taken);

    /// <summary>The name that is wanted, or one with a number behind it.</summary>
    public string Add(string wanted)
    {
        if (_taken.Add(wanted)) return wanted;

        for (int number = 2; ; number++)
            if (_taken.Add(wanted + "_" + Literal.Number(number))) return wanted + "_" + Literal.Number(number);
    }
}
