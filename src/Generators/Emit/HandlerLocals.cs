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
        foreach (ParameterModel parameter in member.Parameters.Concat(member.Parameters.SelectMany(parameter => parameter.Members)))
            if (!_values.ContainsKey(parameter.Name)) _values.Add(parameter.Name, _scope.Add(parameter.Name.Replace('.', '_')));
    }

    /// <summary>The locals of a call that is made in the same method before the handler's.</summary>
    /// <param name="outer">The method's.</param>
    /// <param name="member">What is called.</param>
    /// <param name="known">Parameters whose values are there already, and what those are called.</param>
    public HandlerLocals(HandlerLocals outer, MemberModel member, IReadOnlyDictionary<string, string> known)
    {
        _scope = outer._scope;
        foreach (ParameterModel parameter in member.Parameters.Concat(member.Parameters.SelectMany(parameter => parameter.Members)))
            if (!_values.ContainsKey(parameter.Name))
                _values.Add(parameter.Name, known.TryGetValue(parameter.Name, out string? local) ? local : _scope.Add(parameter.Name.Replace('.', '_')));
    }

    /// <summary>The parameter's value is there already, as that.</summary>
    public void Alias(ParameterModel parameter, string value) => _values[parameter.Name] = value;

    /// <summary>What a parameter is called here.</summary>
    public string Of(ParameterModel parameter) => _values[parameter.Name].Escaped();

    /// <summary>The same without an <c>@</c>, to make other names of.</summary>
    public string PlainOf(ParameterModel parameter) => _values[parameter.Name];

    /// <summary>The bytes of a parameter before they are read.</summary>
    public string RawOf(string name)
    {
        if (!_raws.TryGetValue(name, out string? raw)) _raws.Add(name, raw = Add(name.Replace('.', '_').TrimStart('|') + "_"));
        return raw;
    }

    /// <summary>Whether the request has a value for a member.</summary>
    public string GivenOf(ParameterModel member) => RawOf(member.Name + "_given");

    /// <summary>What is wrong with the request.</summary>
    public string Errors => RawOf("|errors");

    /// <summary>The names that are taken.</summary>
    public NameScope Scope => _scope;

    public string Add(string wanted) => _scope.Add(wanted).Escaped();
}
