namespace Samples.Conduit;

/// <summary>How every error looks: <c>{"errors": {"title": ["can't be blank"]}}</c>.</summary>
internal sealed record ErrorBody(Dictionary<string, List<string>> Errors)
{
    public static readonly ErrorBody Sorry = Of("server", "has failed; the fault is in its log");
    public static readonly ErrorBody Busy = Of("database", "cannot be reached; try again later");

    public static ErrorBody Of(HttpException refusal)
    {
        var errors = new Dictionary<string, List<string>>();
        foreach (FieldError error in refusal.Errors)
        {
            // Bodies have an envelope, whose name is not shown: `article.title` is `title`
            string name = error.Name[(error.Name.IndexOf('.') + 1)..];
            if (!errors.TryGetValue(name, out List<string>? messages)) errors.Add(name, messages = []);
            messages.Add(error.Message);
        }

        return errors.Count > 0 ? new(errors)
            : refusal.Status is 401 ? Of("token", "is missing")
            : Of("request", refusal.Detail ?? $"is refused with status {refusal.Status}");
    }

    private static ErrorBody Of(string name, string message) =>
        new(new Dictionary<string, List<string>> { [name] = [message] });
}
