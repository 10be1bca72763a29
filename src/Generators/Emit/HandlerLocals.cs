using Prebake.Generators.Model;

namespace Prebake.Generators.Emit;

/// <summary>
/// The locals of the method that calls a handler. The user's parameters come first and keep their names, but for what the method itself needs;
/// ours take what is left, so that no name of a user's can collide with one.
/// </summary>
internal sealed class HandlerLocals
{
    // What the body says by its simple name
    private static readonly string[] s_reserved = ["exchange", "error", "_app", "TryParse", "PathStart", "_"];

    private readonly NameScope _scope;
    private readonly Dictionary<string, string> _values = [], _raws = [];

    /// <param name="member">The handler.</param>
    /// <param name="field">A field that the body says by its simple name, if there is one.</param>
    public HandlerLocals(MemberModel member, string? field = null) : this(member, field is null ? [] : [field]) { }

    /// <param name="member">The method that is called.</param>
    /// <param name="taken">What else the body says by its simple name.</param>
    public HandlerLocals(MemberModel member, IReadOnlyCollection<string> taken)
    {
        _scope = new(taken.Count == 0 ? s_reserved : s_reserved.Concat(taken));
        foreach (ParameterModel parameter in member.Parameters)
            if (!_values.ContainsKey(parameter.Name)) _values.Add(parameter.Name, _scope.Add(parameter.Name));
    }

    /// <summary>What a parameter is called here.</summary>
    public string Of(ParameterModel parameter) => _values[parameter.Name].Escaped();

    /// <summary>The bytes of a parameter before they are read.</summary>
    public string RawOf(string name)
    {
        if (!_raws.TryGetValue(name, out string? raw)) _raws.Add(name, raw = Add(name + "_"));
        return raw;
    }

    public string Add(string wanted) => _scope.Add(wanted).Escaped();
}
