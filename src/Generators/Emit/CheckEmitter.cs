using System.Runtime.CompilerServices;
using Prebake.Generators.Model;
using Prebake.Generators.Plan;

namespace Prebake.Generators.Emit;

/// <summary>Writes the checks of a value, and the methods that check the members of types.</summary>
/// <param name="writer">Where to.</param>
/// <param name="names">The names that are taken.</param>
/// <param name="policy">How the client's names are made.</param>
internal sealed class CheckEmitter(SourceWriter writer, NameScope names, int policy)
{
    private const string Check = RuleEmitter.Check;
    private const string Errors = "global::Prebake.Errors?";

    // 64: as deep as System.Text.Json reads unless it is told otherwise
    private const int MostDepth = 64;

    /// <summary>The depth of the method that is written, or null outside of one.</summary>
    private string? Depth { get; init; }

    /// <summary>The object that has the value, or null.</summary>
    private string? Owner { get; init; }

    /// <summary>Types that can hold themselves: their methods count how deep they are.</summary>
    private ISet<string> Recursive { get; init; } = new HashSet<string>();

    /// <summary>What the client calls the other properties of the object.</summary>
    private Func<string, string> OtherName { get; init; } = static name => name;

    /// <summary>Everything that belongs to no single handler.</summary>
    public static void EmitShared(EmitContext context)
    {
        CheckPlan plan = context.Plan.Checks;
        var recursive = new HashSet<string>(plan.Checks.Where(check => check.Type.IsRecursive).Select(check => check.Type.Type));
        foreach (PlannedCheck check in plan.Checks)
        {
            string called = CalledBy(check.Type, recursive);
            if (s_written.TryGetValue(check.Type, out Written? known) && known.IsFor(check.Policy, context.Writer.Depth, called)) context.Writer.Append(known.Text);
            else
            {
                var written = new Written(check.Policy, context.Writer.Depth, called, context.Writer.Write(() => EmitMethod(context.Writer, check, recursive)));
                s_written.Remove(check.Type);
                s_written.GetValue(check.Type, _ => written);
            }
        }

        foreach ((string name, EquatableArray<(string, string)> pairs) in plan.Names)
        {
            context.Writer.Open($"private static string {name}(string name) => name switch");
            foreach ((string property, string client) in pairs) context.Writer.Line($"{Literal.Text(property)} => {Literal.Text(client)},");
            context.Writer.Line("_ => name,");
            context.Writer.Close("};");
            context.Writer.Line();
        }

        if (plan.Objects.Count == 0) return;

        context.Writer.Comment("Made when the first of them is asked");
        context.Writer.Open("private static class Rules");
        foreach ((string name, string type, string code) in plan.Objects) context.Writer.Line($"public static readonly {type} {name} = {code};");
        context.Writer.Close();
        context.Writer.Line();
    }

    /// <summary>The types with a depth whose methods the method of a type may call, itself among them.</summary>
    private static string CalledBy(CheckedType type, HashSet<string> recursive)
    {
        string called = "";
        foreach (CheckedMember member in type.Members)
            for (CheckedValue? value = member.Value; value is not null; value = value.Item)
                if (value.Object is { } inner && recursive.Contains(inner)) called += inner + "\n";
        foreach (string derived in type.Derived)
            if (recursive.Contains(derived)) called += derived + "\n";

        return called;
    }

    /// <summary>The method of a type follows from the type and a few settings: of one that an edit has left as it is it need not be written again.</summary>
    private sealed class Written(int policy, int depth, string called, string text)
    {
        public string Text => text;

        public bool IsFor(int wantedPolicy, int at, string recursive) => policy == wantedPolicy && depth == at && called == recursive;
    }

    private static readonly ConditionalWeakTable<CheckedType, Written> s_written = new();

    /// <summary>In front of everything: what the linker says of attributes that are read at build.</summary>
    public static void EmitSuppressions(EmitContext context)
    {
        string[] types = context.Plan.Checks.Checks.SelectMany(check => check.Type.Untrimmable).Distinct().OrderBy(id => id, StringComparer.Ordinal).ToArray();
        if (types.Length == 0) return;

        foreach (string type in types)
            context.Writer.Line($"[assembly: global::System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessage(\"Trimming\", \"IL2026\", Scope = \"type\", "
                + $"Target = {Literal.Text(type)}, Justification = \"The attributes are read at build, and no object is made of them.\")]");
        context.Writer.Line();
    }

    public static CheckEmitter Of(SourceWriter writer, NameScope names, int policy, CheckModel check) => new(writer, names, policy)
    {
        Recursive = new HashSet<string>(check.Types.Where(type => type.IsRecursive).Select(type => type.Type)),
    };

    private static void EmitMethod(SourceWriter writer, PlannedCheck check, ISet<string> recursive)
    {
        CheckedType type = check.Type;
        if (type.IsForbidden) writer.Line(HandlerEmitter.MayUseForbidden);
        writer.Open($"private static void {check.Method}({type.Type} value, ref {Errors} errors{(type.IsRecursive ? ", int depth" : "")})");
        if (type.IsRecursive) writer.Line($"if (depth > {MostDepth}) {{ {Check}Add(ref errors, \"\", \"is nested too deeply\"); return; }}");

        var scope = new NameScope(["value", "errors", "depth", "Rules"]);
        CheckedMember? MemberOf(string name) => type.Members.FirstOrDefault(member => member.Name == name);
        var emitter = new CheckEmitter(writer, scope, check.Policy)
        {
            Depth = type.IsRecursive ? "depth" : null,
            Owner = "value",
            Recursive = recursive,
            OtherName = name => MemberOf(name) is { } other ? CheckPlan.NameOf(other, check.Policy) : name,
        };
        foreach (string derived in type.Derived)
        {
            string found = scope.Add("derived");
            writer.Line($"if (value is {derived} {found}) {{ {emitter.CallOf(derived, found, "errors")}; return; }}");
        }

        if (type.IsValidatable) writer.Line($"int count = errors is null ? 0 : errors.Count;");
        foreach (CheckedMember member in type.Members)
        {
            if (member.Value is not { } value) continue;

            string local = scope.Add(JsonNaming.CamelCase(member.Name) + "_");
            writer.Line($"var {local} = value.{member.Name.Escaped()};");
            emitter.Emit(value, local, "errors", member.Name, CheckPlan.NameOf(member, check.Policy), member.DisplayName);
        }

        // As DataAnnotations has it: the object is asked when its members hold
        if (type.IsValidatable)
            writer.Line($"if (errors is null || errors.Count == count) {Check}Ask((global::System.ComponentModel.DataAnnotations.IValidatableObject)value, {CheckPlan.NamesMethodOf(type.Type, check.Policy)}, ref errors);");
        writer.Close();
        writer.Line();
    }

    /// <summary>All that is demanded of a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="x">A variable that has it.</param>
    /// <param name="errors">The variable of what is wrong.</param>
    /// <param name="member">Its name in C#.</param>
    /// <param name="name">What the client calls it.</param>
    /// <param name="displayName">What messages call it, if that is something else.</param>
    public void Emit(CheckedValue value, string x, string errors, string member, string name, string? displayName)
    {
        RuleModel? required = value.Rules.FirstOrDefault(rule => rule.Kind == RuleKind.Required);
        RuleModel[] own = value.Rules.Where(rule => rule is { Kind: not RuleKind.Required, SeesNull: false } && RuleEmitter.FailureOf(rule, value, "x", null) is not null).ToArray();
        RuleModel[] open = value.Rules.Where(rule => rule.SeesNull).ToArray();
        bool hasInner = own.Length > 0 || value.Object is not null || value.Item is not null;

        // Of a value type that may be null, what it holds is looked at
        string y = value is { IsValueType: true, CanBeNull: true } && hasInner ? names.Add(x.TrimStart('@') + "value") : x;
        string isThere = IsThere(value, x, y);
        if (required is not null)
        {
            string missing = required.RefusesBlank ? $"string.IsNullOrWhiteSpace({x})" : IsMissing(value, x, y);
            writer.Line($"if ({missing}) {AddOf(required, errors, name, displayName)}");
            if (!hasInner && open.Length == 0) return;

            writer.Open("else");
            EmitInner();
            EmitOpen();
            writer.Close();
            return;
        }

        if (hasInner)
        {
            bool mayBeMissing = value.CanBeNull || value.IsDefaultable;
            if (mayBeMissing) writer.Open($"if ({isThere})");
            EmitInner();
            if (mayBeMissing) writer.Close();
        }

        EmitOpen();

        void EmitInner()
        {
            foreach (RuleModel rule in own)
                writer.Line($"if ({RuleEmitter.FailureOf(rule, value, y, Owner)}) {AddOf(rule, errors, name, displayName)}");
            EmitWithin(value, y, errors, name);
        }

        void EmitOpen()
        {
            foreach (RuleModel rule in open)
                writer.Line(rule.Kind == RuleKind.Custom
                    ? $"{Check}Ask(Rules.{CheckPlan.ObjectOf(rule)}, {x}, {Owner ?? "null"}, {Literal.Text(member)}, {Literal.Text(name)}, ref {errors});"
                    : $"if ({RuleEmitter.FailureOf(rule, value, x, Owner)}) {AddOf(rule, errors, name, displayName)}");
        }
    }

    /// <summary>What is demanded of the members of an object, or of the items of a list, whose own names stand in front.</summary>
    public void EmitContent(CheckedValue value, string x, string errors)
    {
        if (value.Object is { } type) writer.Line(CallOf(type, x, errors) + ";");
        else if (value.Item is { } item) EmitItems(value, item, x, errors);
    }

    private void EmitWithin(CheckedValue value, string x, string errors, string name)
    {
        if (value.Object is null && value.Item is null) return;

        string inner = names.Add("inner");
        writer.Line($"{Errors} {inner} = null;");
        EmitContent(value, x, inner);
        writer.Line($"if ({inner} is not null) {Check}Nest(ref {errors}, {Literal.Text(name)}, {inner});");
    }

    private void EmitItems(CheckedValue value, CheckedValue item, string x, string errors)
    {
        string at = names.Add(value.Items == ItemsKind.Map ? "pair" : "at"), one = names.Add("item"), inner = names.Add("inner");
        switch (value.Items)
        {
            case ItemsKind.Indexed:
                writer.Open($"for (int {at} = 0; {at} < {x}.{value.Length} && !{Check}IsFull({errors}); {at}++)");
                writer.Line($"var {one} = {x}[{at}];");
                break;
            case ItemsKind.Map:
                writer.Open($"foreach (var {at} in {x})");
                writer.Line($"var {one} = {at}.Value;");
                break;
            default:
                writer.Line($"int {at} = -1;");
                writer.Open($"foreach (var {one} in {x})");
                writer.Line($"{at}++;");
                break;
        }

        writer.Line($"{Errors} {inner} = null;");
        string y = item is { IsValueType: true, CanBeNull: true } ? names.Add("held") : one;
        bool mayBeMissing = item.CanBeNull || item.IsDefaultable;
        if (mayBeMissing) writer.Open($"if ({IsThere(item, one, y)})");
        EmitContent(item, y, inner);
        if (mayBeMissing) writer.Close();
        string key = value.Items == ItemsKind.Map ? at + ".Key.ToString()!" : at;
        writer.Line($"if ({inner} is not null) {Check}Nest(ref {errors}, \"\", {key}, {inner});");
        writer.Close();
    }

    /// <param name="value">Of the model.</param>
    /// <param name="x">A variable that has it.</param>
    /// <param name="y">A variable that gets it when it is there, or the same.</param>
    private static string IsThere(CheckedValue value, string x, string y) =>
        value is { IsDefaultable: true, CanBeNull: false } ? $"!{x}.IsDefault"
        : y == x ? value.IsDefaultable ? $"{x} is {{ IsDefault: false }}" : $"{x} is not null"
        : value.IsDefaultable ? $"{x} is {{ IsDefault: false }} {y}" : $"{x} is {{ }} {y}";

    private static string IsMissing(CheckedValue value, string x, string y) =>
        value is { IsDefaultable: true, CanBeNull: false } ? $"{x}.IsDefault"
        : y == x ? value.IsDefaultable ? $"{x} is not {{ IsDefault: false }}" : $"{x} is null"
        : value.IsDefaultable ? $"{x} is not {{ IsDefault: false }} {y}" : $"{x} is not {{ }} {y}";

    private string CallOf(string type, string x, string errors) =>
        $"{CheckPlan.MethodOf(type, policy)}({x}, ref {errors}{(Recursive.Contains(type) ? Depth is null ? ", 0" : ", depth + 1" : "")})";

    private string AddOf(RuleModel rule, string errors, string name, string? displayName)
    {
        string message = rule.Message.Replace(RuleModel.Name.ToString(), displayName ?? name);
        if (rule.Kind == RuleKind.SameAs) message = message.Replace(RuleModel.Other.ToString(), OtherName(rule.Text!));
        return $"{Check}Add(ref {errors}, {Literal.Text(name)}, {Literal.Text(message)});";
    }
}
