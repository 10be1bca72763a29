using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;
using Prebake.Shared;

namespace Prebake.Generators.Parse.Folding;

/// <summary>A value that the build knows as exactly as the program would. Lives while one member is parsed: it holds symbols.</summary>
internal abstract class FoldedValue
{
    /// <summary>Whoever holds it can change it, so in a field it may be another by the time the server starts.</summary>
    public virtual bool IsMutable => false;
}

/// <summary>Null, a string, a number, a character, true or false; of an enum its number.</summary>
internal sealed class FoldedConstant(object? value, ITypeSymbol? type) : FoldedValue
{
    public object? Value { get; } = value;

    public ITypeSymbol? Type { get; } = type;
}

/// <summary>Bytes that are UTF-8, held as text.</summary>
internal sealed class FoldedBytes(string text, bool isArray) : FoldedValue
{
    public string Text { get; } = text;

    public override bool IsMutable => isArray;
}

/// <summary>An array, a list, or a collection expression behind a read-only interface.</summary>
internal sealed class FoldedList(IReadOnlyList<FoldedValue> items, bool isReadOnly) : FoldedValue
{
    public IReadOnlyList<FoldedValue> Items { get; } = items;

    public override bool IsMutable => !isReadOnly || Items.Any(item => item.IsMutable);
}

/// <summary>An object of one of the project's types: the values of its fields and automatic properties.</summary>
internal sealed class FoldedObject(INamedTypeSymbol type) : FoldedValue
{
    public INamedTypeSymbol Type { get; } = type;

    public Dictionary<string, FoldedValue> Members { get; } = [];

    public override bool IsMutable =>
        Members.Values.Any(value => value.IsMutable)
        || Type.GetMembers().Any(member => member is IPropertySymbol { IsStatic: false, SetMethod.IsInitOnly: false } or IFieldSymbol { IsStatic: false, IsReadOnly: false, AssociatedSymbol: null });
}

/// <summary>Text that is HTML already.</summary>
internal sealed class FoldedHtml(string text) : FoldedValue
{
    public string Text { get; } = text;
}

/// <summary>A response.</summary>
internal sealed class FoldedResponse : FoldedValue
{
    /// <summary>0 when it does not say.</summary>
    public int Status { get; set; }

    /// <summary>The body's own; a Content-Type among the fields replaces it.</summary>
    public string? ContentType { get; init; }

    /// <summary>Null when the body is <see cref="Json"/>.</summary>
    public string? Body { get; init; }

    public JsonValue? Json { get; init; }

    /// <summary>The type whose metadata would have written <see cref="Json"/>.</summary>
    public string? JsonType { get; init; }

    public List<StaticField> Fields { get; } = [];

    public override bool IsMutable => true;
}
