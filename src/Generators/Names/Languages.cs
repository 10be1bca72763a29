using Microsoft.CodeAnalysis.CSharp;

namespace Prebake.Generators.Names;

/// <summary>What emitted code is written in.</summary>
internal static class Languages
{
    /// <summary>Static abstract members of interfaces and UTF-8 literals came with C# 11, parameters that are a span of any length with C# 13.</summary>
    public const LanguageVersion Oldest = LanguageVersion.CSharp13;

    public const string OldestName = "13";
}
