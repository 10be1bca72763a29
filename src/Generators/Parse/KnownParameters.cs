using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>
/// What plain parameters of one name and type are, among all handlers of a class: a thousand of them ask for the same account,
/// and each would look through all of its members again.
/// </summary>
internal static class KnownParameters
{
    // Symbols live as long as their compilation, and so does what is known of them
    private static readonly ConditionalWeakTable<INamedTypeSymbol, ConcurrentDictionary<Key, ParameterModel>> s_known = new();

    /// <param name="parameter">Not one of the pattern, nor of an [Error] handler.</param>
    /// <param name="methods">Of the handler.</param>
    /// <param name="problems">What is wrong with it: that is said of each.</param>
    /// <param name="parse">Asks the compiler.</param>
    public static ParameterModel? Of(IParameterSymbol parameter, IReadOnlyList<string> methods, List<Problem> problems, Func<ParameterModel?> parse)
    {
        if (!IsPlain(parameter)) return parse();

        ConcurrentDictionary<Key, ParameterModel> known = s_known.GetValue(parameter.ContainingType, static _ => new());
        var key = new Key(parameter.Name, parameter.Type, methods.Count == 1 ? methods[0] : string.Join(",", methods));
        if (known.TryGetValue(key, out ParameterModel? model)) return model;

        int before = problems.Count;
        model = parse();
        // Members of a type that stands for several may be in the pattern
        if (model is { Source: not Source.Several } && problems.Count == before) known.TryAdd(key, model);
        return model;
    }

    /// <summary>Whether its name and its type say all there is to say about it.</summary>
    private static bool IsPlain(IParameterSymbol parameter) =>
        parameter is { RefKind: RefKind.None, HasExplicitDefaultValue: false } && parameter.Type.Name != "Next" && parameter.GetAttributes().IsEmpty;

    private readonly record struct Key(string Name, ITypeSymbol Type, string Methods)
    {
        public bool Equals(Key other) => Name == other.Name && Methods == other.Methods && SymbolEqualityComparer.IncludeNullability.Equals(Type, other.Type);

        public override int GetHashCode() => unchecked(Name.GetHashCode() * 31 + SymbolEqualityComparer.Default.GetHashCode(Type));
    }
}
