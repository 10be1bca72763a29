using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace Prebake.Generators.Parse;

/// <summary>
/// The names that emitted classes have been given. Whether one is free is a question to the compiler that goes through all that is in
/// scope, and its answer changes only with types, or with something that has such a name: after both kinds of edit, it is asked anew.
/// </summary>
internal sealed class FreeNames
{
    private static readonly ConditionalWeakTable<Compilation, FreeNames> s_known = new();

    private readonly ConcurrentDictionary<(string Type, string Wanted), string> _names = new();

    /// <summary>What is remembered is right for that compilation.</summary>
    public static void Keep(Compilation compilation, FreeNames names) => s_known.GetValue(compilation, _ => names);

    /// <summary>The name that a class in a type has been given, or the one that is found now.</summary>
    public static string Of(Compilation compilation, string type, string wanted, Func<string> find) =>
        s_known.TryGetValue(compilation, out FreeNames? names) ? names._names.GetOrAdd((type, wanted), _ => find()) : find();
}
