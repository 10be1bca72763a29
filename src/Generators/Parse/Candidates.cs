using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Prebake.Generators.Parse;

/// <summary>Which attributes may be ours, as far as their names tell: this is asked of every attribute of a file that has changed.</summary>
internal static class Candidates
{
    private static readonly HashSet<string> s_names = NamesOf(KnownNames.ClassAttributes.Concat(KnownNames.MemberAttributes)
        .Concat(KnownNames.StepAttributes)
        .Concat([KnownNames.Mount, KnownNames.Provide, KnownNames.Guard, KnownNames.Validate, KnownNames.Use, KnownNames.JsonSerializable]));
    private static readonly HashSet<string> s_json = NamesOf([KnownNames.JsonSerializable]);
    // Of these the body is read: for a value, for the type of the handler that is made, or for headers
    private static readonly HashSet<string> s_ofBodies = NamesOf([KnownNames.Static, KnownNames.WebSocket, KnownNames.After]);

    // What these give depends on nothing but the method's head and on what is behind the names in it
    private static readonly HashSet<string> s_plain = NamesOf(
    [
        .. KnownNames.MemberAttributes.Where(name => name is not (KnownNames.Static or KnownNames.WebSocket)),
        KnownNames.Header, KnownNames.CacheControl, KnownNames.Blocking, KnownNames.MaxBody, KnownNames.IdleTimeout,
        KnownNames.Deadline,
        KnownNames.Query, KnownNames.Cookie, KnownNames.Form, KnownNames.Body, KnownNames.Parameters, KnownNames.Status,
        KnownNames.Open, KnownNames.Provided,
        // Which handlers it is for is decided in the table
        KnownNames.Validate,
    ]);

    // A name that the generator learns is not plain until somebody has thought about it
    private static readonly HashSet<string> s_ours = NamesOf(
    [
        .. KnownNames.MemberAttributes,
        .. typeof(KnownNames).GetFields()
            .Where(field => field.IsLiteral)
            .Select(field => (string)field.GetRawConstantValue()!)
            .Where(name => name.StartsWith("Prebake.", StringComparison.Ordinal))
            .Where(name => name.EndsWith("Attribute", StringComparison.Ordinal)),
    ]);

    /// <summary>The first list of attributes of a declaration, when one of its attributes may be ours. The other lists come with it.</summary>
    public static bool IsFirstList(AttributeListSyntax list) => list.Parent is { } declaration && ListsOf(declaration) is { Count: > 0 } lists && lists[0] == list && MayHaveOurs(lists);

    public static SyntaxList<AttributeListSyntax> ListsOf(SyntaxNode declaration) => declaration switch
    {
        MemberDeclarationSyntax member => member.AttributeLists,
        StatementSyntax statement => statement.AttributeLists,
        LambdaExpressionSyntax lambda => lambda.AttributeLists,
        BaseParameterSyntax parameter => parameter.AttributeLists,
        AccessorDeclarationSyntax accessor => accessor.AttributeLists,
        TypeParameterSyntax parameter => parameter.AttributeLists,
        _ => default,
    };

    /// <summary>First lists whose attributes have names of the whole project's own, <c>global using G = Prebake.GetAttribute;</c>, and no other that may be ours.</summary>
    public static IEnumerable<AttributeListSyntax> FirstListsWith(IReadOnlyCollection<string> globalAliases, SyntaxNode root) => root
        .DescendantNodes()
        .OfType<AttributeListSyntax>()
        .Where(list => ListsOf(list.Parent!) is { Count: > 0 } lists && lists[0] == list && !IsFirstList(list)
            && lists.Any(other => other.Attributes.Any(attribute => IsNamed(NameOf(attribute), globalAliases))));

    /// <summary>
    /// What the meaning of a declaration depends on beside what all others see of it: of a method the strings in its attributes, of one whose value is a
    /// response, or that makes the handler of a WebSocket, its body, too.
    /// </summary>
    public static string OwnTextOf(SyntaxNode declaration, bool hasGlobalAliases)
    {
        if (declaration is not MethodDeclarationSyntax method) return declaration is LambdaExpressionSyntax or LocalFunctionStatementSyntax ? declaration.ToString() : "";

        bool readsBody = hasGlobalAliases || HasAliases(method) || method.AttributeLists.Any(list => list.Attributes.Any(attribute => s_ofBodies.Contains(NameOf(attribute))));
        SyntaxNode? body = readsBody ? null : (SyntaxNode?)method.Body ?? method.ExpressionBody;
        return method.SyntaxTree.GetText().ToString(TextSpan.FromBounds(method.SpanStart, body?.SpanStart ?? method.Span.End));
    }

    /// <summary>
    /// Whether a method gives what it gave while its head is the same and nothing that a name in the head leads to has
    /// changed. Of others more is read: bodies, or other members.
    /// </summary>
    public static bool IsPlain(MethodDeclarationSyntax method)
    {
        foreach (AttributeListSyntax list in method.AttributeLists)
            if (!IsPlain(list)) return false;
        foreach (ParameterSyntax parameter in method.ParameterList.Parameters)
            foreach (AttributeListSyntax list in parameter.AttributeLists)
                if (!IsPlain(list)) return false;

        return true;
    }

    /// <summary>
    /// Whether a class is a context of JSON and nothing else of ours: what it gives depends on its head, on what the names in it lead to, and on whether it
    /// has members.
    /// </summary>
    public static bool IsPlainContext(BaseTypeDeclarationSyntax type)
    {
        bool isContext = false;
        foreach (AttributeListSyntax list in type.AttributeLists)
        {
            foreach (AttributeSyntax attribute in list.Attributes)
            {
                string name = NameOf(attribute);
                if (s_ours.Contains(name)) return false;
                isContext |= s_json.Contains(name);
            }
        }

        return isContext;
    }

    /// <summary>Whether attributes of a member may say something about other members.</summary>
    public static bool SaysMoreThanItsOwn(SyntaxList<AttributeListSyntax> lists)
    {
        foreach (AttributeListSyntax list in lists)
            foreach (AttributeSyntax attribute in list.Attributes)
                if (IsMoreThanPlain(attribute) && !s_ofBodies.Contains(NameOf(attribute))) return true;

        return false;
    }

    private static bool IsPlain(AttributeListSyntax list)
    {
        foreach (AttributeSyntax attribute in list.Attributes)
            if (IsMoreThanPlain(attribute)) return false;

        return true;
    }

    private static bool IsMoreThanPlain(AttributeSyntax attribute) =>
        NameOf(attribute) is var name && s_ours.Contains(name) && !s_plain.Contains(name);

    private static bool MayHaveOurs(SyntaxList<AttributeListSyntax> lists)
    {
        foreach (AttributeListSyntax list in lists)
            foreach (AttributeSyntax attribute in list.Attributes)
                if (s_names.Contains(NameOf(attribute))) return true;

        return HasAliases(lists[0]);
    }

    private static bool HasAliases(SyntaxNode node)
    {
        for (SyntaxNode? outer = node.Parent; outer is not null; outer = outer.Parent)
        {
            SyntaxList<UsingDirectiveSyntax> usings = outer switch
            {
                BaseNamespaceDeclarationSyntax space => space.Usings,
                CompilationUnitSyntax unit => unit.Usings,
                _ => default,
            };
            foreach (UsingDirectiveSyntax directive in usings)
                if (directive.Alias is not null) return true;
        }

        return false;
    }

    private static bool IsNamed(string name, IReadOnlyCollection<string> names) => names.Contains(name) || names.Contains(name + "Attribute");

    /// <summary><c>Get</c> of <c>[global::Prebake.Get("/")]</c>.</summary>
    private static string NameOf(AttributeSyntax attribute) => attribute.Name switch
    {
        QualifiedNameSyntax qualified => qualified.Right.Identifier.ValueText,
        AliasQualifiedNameSyntax qualified => qualified.Name.Identifier.ValueText,
        SimpleNameSyntax simple => simple.Identifier.ValueText,
        _ => "",
    };

    private static HashSet<string> NamesOf(IEnumerable<string> attributes)
    {
        var names = new HashSet<string>();
        foreach (string attribute in attributes)
        {
            string name = attribute.Substring(attribute.LastIndexOf('.') + 1);
            names.Add(name);
            names.Add(name.Substring(0, name.Length - "Attribute".Length));
        }

        return names;
    }
}
