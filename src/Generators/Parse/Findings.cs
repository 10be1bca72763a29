using System.Buffers;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Prebake.Generators.Parse;

/// <summary>
/// What of a file may be ours, as far as its text tells: declarations with attributes, and calls that send something. The
/// compiler's own search asks each node of the file, and makes the nodes of all bodies to ask them, after each key. Here a
/// body without a bracket, which an attribute begins with, and without such a call is passed over as text.
/// </summary>
internal sealed class Findings
{
    // Trees never change, and what is found belongs to the tree
    private static readonly ConditionalWeakTable<SyntaxTree, Findings> s_known = new();

    private readonly List<AttributeListSyntax> _lists = [];
    private readonly List<InvocationExpressionSyntax> _calls = [];

    /// <summary>The first lists of attributes of declarations, in the order of the file.</summary>
    public IReadOnlyList<AttributeListSyntax> Lists => _lists;

    /// <summary>Calls of what has the name of one of our methods that send.</summary>
    public IReadOnlyList<InvocationExpressionSyntax> Calls => _calls;

    public static Findings Of(SyntaxTree tree, CancellationToken cancellation)
    {
        if (s_known.TryGetValue(tree, out Findings? known)) return known;

        var found = new Findings();
        SourceText text = tree.GetText(cancellation);
        char[] characters = ArrayPool<char>.Shared.Rent(text.Length);
        try
        {
            text.CopyTo(0, characters, 0, text.Length);
            if (tree.GetRoot(cancellation) is CompilationUnitSyntax root) new Finder(found, characters, cancellation).Visit(root);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(characters);
        }

        return s_known.GetValue(tree, _ => found);
    }

    private readonly struct Finder(Findings found, char[] text, CancellationToken cancellation)
    {
        public void Visit(CompilationUnitSyntax root)
        {
            foreach (MemberDeclarationSyntax member in root.Members) Visit(member);
        }

        private void Visit(MemberDeclarationSyntax member)
        {
            cancellation.ThrowIfCancellationRequested();
            SyntaxList<AttributeListSyntax> lists = member.AttributeLists;
            if (lists.Count > 0)
            {
                Check(lists[0]);
                foreach (AttributeListSyntax list in lists) VisitInside(list, list.Attributes.FullSpan);
            }

            TextSpan whole = member.FullSpan;
            int from = lists.Count > 0 ? lists.FullSpan.End : whole.Start;
            // Brackets in types, and attributes of parameters, are in every other head
            if (ParametersOf(member) is { Count: > 0 } parameters)
            {
                VisitInside(member, TextSpan.FromBounds(from, parameters.FullSpan.Start), TypeParametersOf(member));
                foreach (ParameterSyntax parameter in parameters) Visit(parameter);
                from = parameters.FullSpan.End;
            }

            SyntaxList<MemberDeclarationSyntax> members = member switch
            {
                BaseNamespaceDeclarationSyntax space => space.Members,
                TypeDeclarationSyntax type => type.Members,
                _ => default,
            };
            if (members.Count == 0)
            {
                VisitInside(member, TextSpan.FromBounds(from, whole.End));
                return;
            }

            // The head of a type, and what is behind its members
            TextSpan between = members.FullSpan;
            VisitInside(member, TextSpan.FromBounds(from, between.Start));
            foreach (MemberDeclarationSyntax inner in members) Visit(inner);
            VisitInside(member, TextSpan.FromBounds(between.End, whole.End));
        }

        private static SeparatedSyntaxList<ParameterSyntax> ParametersOf(MemberDeclarationSyntax member) => member switch
        {
            MethodDeclarationSyntax method => method.ParameterList.Parameters,
            TypeDeclarationSyntax { ParameterList: { } list } => list.Parameters,
            _ => default,
        };

        private static SyntaxNode? TypeParametersOf(MemberDeclarationSyntax member) => member switch
        {
            MethodDeclarationSyntax method => method.TypeParameterList,
            TypeDeclarationSyntax type => type.TypeParameterList,
            _ => null,
        };

        private void Visit(ParameterSyntax parameter)
        {
            SyntaxList<AttributeListSyntax> lists = parameter.AttributeLists;
            if (lists.Count > 0)
            {
                Check(lists[0]);
                foreach (AttributeListSyntax list in lists) VisitInside(list, list.Attributes.FullSpan);
            }

            if (parameter.Default is { } value) VisitInside(value, value.FullSpan);
        }

        /// <summary>A piece in which only one node can have something.</summary>
        private void VisitInside(SyntaxNode owner, TextSpan span, SyntaxNode? only)
        {
            // What is broken may be anything
            if (owner.ContainsDiagnostics) VisitInside(owner, span);
            else if (only is not null) VisitInside(only, only.FullSpan);
        }

        /// <summary>Looks at the nodes in a piece of a declaration, where its text says that there may be something.</summary>
        private void VisitInside(SyntaxNode owner, TextSpan span)
        {
            if (!MayHave(span)) return;

            foreach (SyntaxNode node in owner.DescendantNodes(span))
            {
                if (node is AttributeListSyntax list) Check(list);
                else if (node is InvocationExpressionSyntax call && ConstantSendParser.IsCandidate(call)) found._calls.Add(call);
            }
        }

        private void Check(AttributeListSyntax list)
        {
            if (Candidates.IsFirstList(list)) found._lists.Add(list);
        }

        // An escape may stand for any letter of a name
        private bool MayHave(TextSpan span)
        {
            ReadOnlySpan<char> piece = text.AsSpan(span.Start, span.Length);
            return piece.IndexOf('[') >= 0 || piece.IndexOf('\\') >= 0 || piece.IndexOf("Send".AsSpan()) >= 0 || piece.IndexOf("Publish".AsSpan()) >= 0;
        }
    }
}
