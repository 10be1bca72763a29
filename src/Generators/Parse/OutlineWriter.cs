using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Prebake.Generators.Parse;

/// <summary>Takes a file apart.</summary>
/// <param name="text">The file's.</param>
/// <param name="reuse">What is known of an earlier version; null for nothing.</param>
internal sealed class OutlineWriter(SourceText text, OutlineReuse? reuse)
{
    private readonly HashSet<string> _mentions = [];
    private Fingerprint _fingerprint = new();
    private Fingerprint _place = new(), _leafPlace;
    private IReadOnlyList<string> _owners = [];
    private MemberDeclarationSyntax? _leaf;
    private int _firstToken, _start;
    private bool _isForeign, _hasAliases;
    private string _space = "";

    public List<OutlinePart> Parts { get; } = [];

    public List<int> Starts { get; } = [];

    public List<int> Ends { get; } = [];

    public List<string> GlobalAliases { get; } = [];

    public List<string> Namespaces { get; } = [];

    public bool IsWhole { get; private set; }

    private string Owner => _owners.Count == 0 ? "" : _owners[_owners.Count - 1];

    public void Visit(CompilationUnitSyntax root)
    {
        // Those in front of everything are a part: what they say goes for the whole file
        if (reuse is not null) Starts.Capacity = Ends.Capacity = reuse.Before.TokenCount + 16;
        SyntaxToken first = root.GetFirstToken(includeZeroWidth: true);
        Begin(0);
        AddDirectives(first.LeadingTrivia);
        End(PartKind.File, [], isOfOwnFile: true);

        if (root.ContainsDirectives)
            foreach (SyntaxTrivia trivia in root.DescendantTrivia(node => node.ContainsDirectives))
                if (IsMeant(trivia) && !first.LeadingTrivia.Span.Contains(trivia.Span)) IsWhole = true;

        VisitChildren(root, PartKind.File, []);
    }

    private void VisitChildren(SyntaxNode node, PartKind kind, string[] declares)
    {
        bool isContext = kind == PartKind.Type && Candidates.IsPlainContext((BaseTypeDeclarationSyntax)node);
        Fingerprint outer = _place;
        IReadOnlyList<string> outerOwners = _owners;
        bool wasForeign = _isForeign, isOpen = false, isOfOwnFile = true;
        foreach (SyntaxNodeOrToken child in node.ChildNodesAndTokens())
        {
            if (child.AsNode() is MemberDeclarationSyntax member)
            {
                if (isOpen) EndOfChildren(kind, declares, isContext, isOfOwnFile);
                isOpen = false;
                if (kind == PartKind.Type && ReferenceEquals(_owners, outerOwners))
                    _owners = [.. outerOwners, .. declares];
                Visit(member);
                continue;
            }

            if (!isOpen)
            {
                _owners = outerOwners;
                Begin(child.FullSpan.Start);
                Mark(node.RawKind);
                isOfOwnFile = true;
            }

            isOpen = true;
            isOfOwnFile &= IsOfOwnFile(child);
            if (child.AsNode() is { } inner) AddAll(inner, inAttributeOfMethod: false);
            else Add(child.AsToken(), isHidden: false);
        }

        if (isOpen) EndOfChildren(kind, declares, isContext, isOfOwnFile);
        (_place, _owners, _isForeign) = (outer, outerOwners, wasForeign);
    }

    private void EndOfChildren(PartKind kind, string[] declares, bool isContext, bool isOfOwnFile)
    {
        if (isContext) _mentions.Add(OutlinePart.MembersOf(declares[0]));
        End(kind, declares, isPlain: isContext, isOfOwnFile: kind == PartKind.File && isOfOwnFile);
    }

    /// <summary>Of a file or a namespace, whose own name the file tells by itself: attributes are of the whole project.</summary>
    private static bool IsOfOwnFile(SyntaxNodeOrToken child) => !child.ContainsDiagnostics && child.AsNode() switch
    {
        UsingDirectiveSyntax directive => directive.GlobalKeyword.IsKind(SyntaxKind.None),
        null or NameSyntax or ExternAliasDirectiveSyntax => true,
        _ => false,
    };

    private void Visit(MemberDeclarationSyntax member)
    {
        if (member is BaseNamespaceDeclarationSyntax or GlobalStatementSyntax or TypeDeclarationSyntax { Members.Count: > 0 })
        {
            VisitAnew(member);
            return;
        }

        if (AddKnown(member)) return;

        (_leaf, _leafPlace) = (member, _place);
        VisitAnew(member);
        _leaf = null;
    }

    /// <summary>Adds a declaration as it was, if its text has not changed.</summary>
    private bool AddKnown(MemberDeclarationSyntax member)
    {
        if (reuse is null || reuse.Find(member, _place, _hasAliases) is not (>= 0 and int part, int moved)) return false;

        OutlinePart known = reuse.Before.Parts[part];
        OutlineLeaf leaf = known.Leaf!;
        // Behind an edit there may be another line at the same position
        LinePosition start = text.Lines.GetLinePosition(member.FullSpan.Start);
        bool isThere = moved == 0 && start == leaf.Start;
        Parts.Add(isThere && known.FirstToken == Starts.Count ? known : known with
        {
            FirstToken = Starts.Count,
            Start = known.Start + moved,
            Leaf = isThere ? leaf : leaf with { Span = member.FullSpan, Start = start },
        });
        reuse.Before.CopyTokens(part, moved, Starts, Ends);
        return true;
    }

    private void VisitAnew(MemberDeclarationSyntax member)
    {
        Fingerprint outer = _place;
        bool wasForeign = _isForeign;
        switch (member)
        {
            case BaseNamespaceDeclarationSyntax space:
                EnterPlace(space.RawKind, space.Name.ToString());
                // The compiler finds its own types by name, in these
                _isForeign |= space.Name.ToString().Split('.')[0].Trim() is "System" or "Prebake";
                string outside = _space;
                EnterSpace(space.Name);
                VisitChildren(space, PartKind.File, []);
                _space = outside;
                break;

            case TypeDeclarationSyntax type:
                string name = type.Identifier.ValueText.Length > 0 ? type.Identifier.ValueText : Owner;
                EnterPlace(type.RawKind, name);
                VisitChildren(type, PartKind.Type, [name]);
                break;

            case GlobalStatementSyntax statement:
                AddStatement(statement);
                break;

            default:
                AddMember(member);
                break;
        }

        (_place, _isForeign) = (outer, wasForeign);
    }

    private void EnterPlace(int kind, string name)
    {
        _place.Add((char)1);
        _place.Add((char)kind);
        _place.Add(name);
    }

    private void EnterSpace(NameSyntax name)
    {
        if (name is QualifiedNameSyntax qualified) EnterSpace(qualified.Left);
        string last = name.GetLastToken().ValueText;
        _space = _space.Length == 0 ? last : _space + "." + last;
        if (!Namespaces.Contains(_space)) Namespaces.Add(_space);
    }

    /// <summary>No type sees what a statement of the program does; its variables are in scope in the whole file.</summary>
    private void AddStatement(GlobalStatementSyntax statement)
    {
        Begin(statement.FullSpan.Start);
        Mark(statement.RawKind);
        List<string> declares = ["Program", "args"];
        foreach (SyntaxNode node in statement.DescendantNodes())
        {
            string? name = node switch
            {
                VariableDeclaratorSyntax variable => variable.Identifier.ValueText,
                SingleVariableDesignationSyntax variable => variable.Identifier.ValueText,
                LocalFunctionStatementSyntax function => function.Identifier.ValueText,
                _ => null,
            };
            if (name is not null && !declares.Contains(name)) declares.Add(name);
        }

        foreach (string name in declares) _fingerprint.Add(name + " ");
        if (statement.ContainsDirectives) AddAll(statement, inAttributeOfMethod: false);
        End(PartKind.Type, declares);
    }

    private void AddMember(MemberDeclarationSyntax member)
    {
        Begin(member.FullSpan.Start);
        var method = member as MethodDeclarationSyntax;
        if (method?.Modifiers.Any(SyntaxKind.PartialKeyword) == true) method = null;
        if (method is null) AddAll(member, inAttributeOfMethod: false);
        else AddMethod(method);

        End(PartKind.Member, NamesOf(member),
            // Handlers that have the type as a parameter look at its properties, and for a method that binds it
            hasAttributes: member.AttributeLists.Count > 0 || member is PropertyDeclarationSyntax
                || member is MethodDeclarationSyntax { Identifier.ValueText: "Bind" or "BindAsync" },
            isSeenByOwner: Candidates.SaysMoreThanItsOwn(member.AttributeLists),
            isPlain: method is not null && Candidates.IsPlain(method));
    }

    private void AddMethod(MethodDeclarationSyntax method)
    {
        Mark(method.RawKind);
        foreach (SyntaxNodeOrToken child in method.ChildNodesAndTokens())
        {
            switch (child.AsNode())
            {
                case null: Add(child.AsToken(), isHidden: false); break;
                case BlockSyntax or ArrowExpressionClauseSyntax when !child.ContainsDirectives:
                    Mark((int)SyntaxKind.Block);
                    break;
                case { } other: AddAll(other, inAttributeOfMethod: other is AttributeListSyntax); break;
            }
        }
    }

    /// <summary>What has no name of its own is found through its type.</summary>
    private string[] NamesOf(MemberDeclarationSyntax member) => member switch
    {
        MethodDeclarationSyntax method => [method.Identifier.ValueText],
        PropertyDeclarationSyntax property => [property.Identifier.ValueText],
        EventDeclarationSyntax one => [one.Identifier.ValueText],
        DelegateDeclarationSyntax one => [one.Identifier.ValueText],
        EnumDeclarationSyntax type =>
            [type.Identifier.ValueText, .. type.Members.Select(constant => constant.Identifier.ValueText)],
        BaseFieldDeclarationSyntax field =>
            [.. field.Declaration.Variables.Select(variable => variable.Identifier.ValueText)],
        IncompleteMemberSyntax => [],
        _ => [Owner],
    };

    private void AddAll(SyntaxNode node, bool inAttributeOfMethod)
    {
        Mark(node.RawKind);
        // Where something is missing, the tokens alone do not say what they mean
        if (node.ContainsDiagnostics)
        {
            foreach (SyntaxNode inner in node.DescendantNodes()) Mark(inner.RawKind);
            _fingerprint.Add(node.ToFullString());
        }

        if (node is UsingDirectiveSyntax { Alias: { } alias } directive)
        {
            // An attribute may be called anything
            IsWhole = _hasAliases = true;
            bool isGlobal = directive.GlobalKeyword.IsKind(SyntaxKind.GlobalKeyword);
            if (isGlobal) GlobalAliases.Add(alias.Name.Identifier.ValueText);
        }

        bool hides = inAttributeOfMethod && !node.ContainsDiagnostics;
        foreach (SyntaxToken token in node.DescendantTokens())
        {
            // Only where the string is all there is of an argument: nobody else has a name or a constant of it
            bool isArgument = token.IsKind(SyntaxKind.StringLiteralToken) && token.Parent is { Parent: AttributeArgumentSyntax };
            Add(token, hides && isArgument);
        }
    }

    private void Add(SyntaxToken token, bool isHidden)
    {
        if (token.ContainsDirectives)
        {
            AddDirectives(token.LeadingTrivia);
            AddDirectives(token.TrailingTrivia);
        }

        if (token.IsMissing) Mark(-1);
        if (token.Span.IsEmpty) return;

        Starts.Add(token.SpanStart);
        Ends.Add(token.Span.End);
        if (IsMention(token)) _mentions.Add(token.ValueText);

        if (isHidden) Mark(token.RawKind);
        else
        {
            _fingerprint.Add(token.Text);
            _fingerprint.Add(' ');
        }
    }

    /// <summary>They may switch on nullability, or decide which code there is.</summary>
    private void AddDirectives(SyntaxTriviaList list)
    {
        foreach (SyntaxTrivia trivia in list)
        {
            if (!IsMeant(trivia)) continue;

            _fingerprint.Add(trivia.ToFullString());
            _fingerprint.Add('\n');
        }
    }

    private static bool IsMeant(SyntaxTrivia trivia) => trivia.IsDirective && trivia.RawKind is not
        ((int)SyntaxKind.RegionDirectiveTrivia or (int)SyntaxKind.EndRegionDirectiveTrivia or (int)SyntaxKind.PragmaWarningDirectiveTrivia);

    /// <summary>A name, also a member's own, as another one may have it, too; or a text that may be the name of a member.</summary>
    private static bool IsMention(SyntaxToken token) => (SyntaxKind)token.RawKind switch
    {
        SyntaxKind.IdentifierToken => token.Parent
            is SimpleNameSyntax or MethodDeclarationSyntax or PropertyDeclarationSyntax or VariableDeclaratorSyntax,
        SyntaxKind.StringLiteralToken or SyntaxKind.SingleLineRawStringLiteralToken => SyntaxFacts.IsValidIdentifier(token.ValueText),
        _ => false,
    };

    private void Mark(int kind)
    {
        _fingerprint.Add((char)1);
        _fingerprint.Add((char)(kind & 0xFFFF));
    }

    private void Begin(int start)
    {
        _start = start;
        _firstToken = Starts.Count;
        _fingerprint = _place;
        _mentions.Clear();
    }

    private void End(
        PartKind kind, IReadOnlyList<string> declares, bool hasAttributes = false, bool isSeenByOwner = false, bool isPlain = false,
        bool isOfOwnFile = false)
    {
        PartKind known = _isForeign ? PartKind.File : kind;
        Parts.Add(new OutlinePart(known, _fingerprint, _firstToken, _owners, declares, [.. _mentions])
        {
            HasAttributes = hasAttributes,
            IsSeenByOwner = isSeenByOwner,
            IsOfOwnFile = isOfOwnFile && !_isForeign,
            IsPlain = isPlain && !_hasAliases,
            Start = _start,
            Leaf = LeafOf(_leaf),
        });
    }

    private OutlineLeaf? LeafOf(MemberDeclarationSyntax? member) => member is null || !OutlineReuse.IsWhole(member)
        ? null
        : new OutlineLeaf(member.FullSpan, text.Lines.GetLinePosition(member.FullSpan.Start), member.RawKind, _leafPlace, _hasAliases, new object());
}
