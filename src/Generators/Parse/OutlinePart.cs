using Microsoft.CodeAnalysis.Text;

namespace Prebake.Generators.Parse;

/// <summary>What a part of a file is.</summary>
internal enum PartKind
{
    /// <summary>Usings, namespaces, attributes of the assembly: all of the project can depend on them.</summary>
    File,

    /// <summary>
    /// A type up to its members, or the end after them, or a statement of the program: all of the type depends on it.
    /// </summary>
    Type,

    /// <summary>A member, or a type without members of its own, such as an enum.</summary>
    Member,
}

/// <summary>A piece of a file that an edit can change alone, and by which names it is tied to others.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Fingerprint">Of what others see of it, and of where it is.</param>
/// <param name="FirstToken">The index of its first token in the outline.</param>
/// <param name="Owners">The types around it, outermost first; a type's head and end are not in the type.</param>
/// <param name="Declares">The names by which others find it.</param>
/// <param name="Mentions">The names that it looks up, and texts that may be names.</param>
internal sealed record OutlinePart(
    PartKind Kind, Fingerprint Fingerprint, int FirstToken,
    IReadOnlyList<string> Owners, IReadOnlyList<string> Declares, IReadOnlyList<string> Mentions)
{
    /// <summary>Where it begins.</summary>
    public int Start { get; init; }

    /// <summary>
    /// It has attributes, or is a property: whether its type has routes, or how a parameter of the type is bound and checked, may
    /// depend on it. Only those who mention the type ask.
    /// </summary>
    public bool HasAttributes { get; init; }

    /// <summary>It has an attribute of ours that says something about other members of its type.</summary>
    public bool IsSeenByOwner { get; init; }

    /// <summary>
    /// It is of the file, and says nothing to others: usings, and namespaces, whose names the file tells by themselves.
    /// </summary>
    public bool IsOfOwnFile { get; init; }

    /// <summary>What is mentioned by whoever asks whether a type has members, or other parts; no name in C#.</summary>
    public static string MembersOf(string type) => "\0" + type;

    /// <summary>What is known of it as text; null where it is no whole declaration, or where something is wrong with it.</summary>
    public OutlineLeaf? Leaf { get; init; }

    /// <summary>A declaration whose attributes depend on nothing but its head and what the names in it lead to.</summary>
    public bool IsPlain { get; init; }
}

/// <summary>A declaration that is a part by itself, as text.</summary>
/// <param name="Span">With what is around its tokens.</param>
/// <param name="Start">Where that begins.</param>
/// <param name="Kind">Of its node.</param>
/// <param name="Place">Where it is.</param>
/// <param name="HasAliases">There are other names for types in front of it.</param>
/// <param name="Same">One object for all versions of the file in which its text is the same.</param>
internal sealed record OutlineLeaf(TextSpan Span, LinePosition Start, int Kind, Fingerprint Place, bool HasAliases, object Same)
{
    /// <summary>Where a place in it is in a version in which its text is the same.</summary>
    public (TextSpan Span, LinePositionSpan Lines) Move(OutlineLeaf now, TextSpan span, LinePositionSpan lines) => (
        new TextSpan(span.Start - Span.Start + now.Span.Start, span.Length),
        new LinePositionSpan(Move(now, lines.Start), Move(now, lines.End)));

    // Only on its first line there may be something in front of it
    private LinePosition Move(OutlineLeaf now, LinePosition at) => new(
        at.Line - Start.Line + now.Start.Line,
        at.Line == Start.Line ? at.Character - Start.Character + now.Start.Character : at.Character);
}
