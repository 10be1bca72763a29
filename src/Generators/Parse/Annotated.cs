using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Prebake.Generators.Parse;

/// <summary>A declaration with its attributes of one kind.</summary>
internal readonly record struct Annotated(ISymbol TargetSymbol, SyntaxNode TargetNode, SemanticModel SemanticModel, ImmutableArray<AttributeData> Attributes);
