//! The kinds of nodes and the fields by which a node names its children: Go's grammar as the audit sees it.

/// Declares [`Kind`] with the grammar's names.
macro_rules! kinds {
    ($($variant:ident = $name:literal),* $(,)?) => {
        /// What a node is. The names are those of tree-sitter's grammar of Go in camel case.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        #[expect(missing_docs, reason = "the grammar's names")]
        pub enum Kind { $($variant),* }

        impl Kind {
            /// Every kind with its name in the grammar.
            pub(super) const ALL: &[(Kind, &'static str)] = &[$((Kind::$variant, $name)),*];
        }
    };
}

kinds! {
    Other = "", Error = "ERROR",
    ArgumentList = "argument_list", ArrayType = "array_type", AssignmentStatement = "assignment_statement",
    BinaryExpression = "binary_expression", BlankIdentifier = "blank_identifier", Block = "block",
    BreakStatement = "break_statement", CallExpression = "call_expression", ChannelType = "channel_type",
    CommunicationCase = "communication_case", CompositeLiteral = "composite_literal",
    ConstDeclaration = "const_declaration", ConstSpec = "const_spec", ContinueStatement = "continue_statement",
    DecStatement = "dec_statement", DefaultCase = "default_case", DeferStatement = "defer_statement", Dot = "dot",
    EmptyStatement = "empty_statement", ExpressionCase = "expression_case", ExpressionList = "expression_list",
    ExpressionStatement = "expression_statement", ExpressionSwitchStatement = "expression_switch_statement",
    FallthroughStatement = "fallthrough_statement", False = "false", FieldDeclaration = "field_declaration",
    FieldDeclarationList = "field_declaration_list", FieldIdentifier = "field_identifier",
    FloatLiteral = "float_literal", ForClause = "for_clause", ForStatement = "for_statement",
    FuncLiteral = "func_literal", FunctionDeclaration = "function_declaration", FunctionType = "function_type",
    GenericType = "generic_type", GoStatement = "go_statement", GotoStatement = "goto_statement",
    Identifier = "identifier", IfStatement = "if_statement", ImaginaryLiteral = "imaginary_literal",
    ImplicitLengthArrayType = "implicit_length_array_type", ImportDeclaration = "import_declaration",
    ImportSpec = "import_spec", IncStatement = "inc_statement", IndexExpression = "index_expression",
    IntLiteral = "int_literal", InterfaceType = "interface_type",
    InterpretedStringLiteral = "interpreted_string_literal", Iota = "iota", KeyedElement = "keyed_element",
    LabelName = "label_name", LabeledStatement = "labeled_statement", LiteralElement = "literal_element",
    LiteralValue = "literal_value", MapType = "map_type", MethodDeclaration = "method_declaration",
    MethodElem = "method_elem", NegatedType = "negated_type", Nil = "nil", PackageClause = "package_clause",
    PackageIdentifier = "package_identifier", ParameterDeclaration = "parameter_declaration",
    ParameterList = "parameter_list", ParenthesizedExpression = "parenthesized_expression",
    ParenthesizedType = "parenthesized_type", PointerType = "pointer_type", QualifiedType = "qualified_type",
    RangeClause = "range_clause", RawStringLiteral = "raw_string_literal", ReceiveStatement = "receive_statement",
    ReturnStatement = "return_statement", RuneLiteral = "rune_literal", SelectStatement = "select_statement",
    SelectorExpression = "selector_expression", SendStatement = "send_statement",
    ShortVarDeclaration = "short_var_declaration", SliceExpression = "slice_expression", SliceType = "slice_type",
    SourceFile = "source_file", StructType = "struct_type", True = "true", TypeAlias = "type_alias",
    TypeArguments = "type_arguments", TypeAssertionExpression = "type_assertion_expression", TypeCase = "type_case",
    TypeConstraint = "type_constraint", TypeConversionExpression = "type_conversion_expression",
    TypeDeclaration = "type_declaration", TypeElem = "type_elem", TypeIdentifier = "type_identifier",
    TypeInstantiationExpression = "type_instantiation_expression",
    TypeParameterDeclaration = "type_parameter_declaration", TypeParameterList = "type_parameter_list",
    TypeSpec = "type_spec", TypeSwitchStatement = "type_switch_statement", UnaryExpression = "unary_expression",
    VarDeclaration = "var_declaration", VarSpec = "var_spec", VariadicArgument = "variadic_argument",
    VariadicParameterDeclaration = "variadic_parameter_declaration",
}

impl Kind {
    /// A `for`, whatever its header.
    pub fn is_loop(self) -> bool {
        self == Kind::ForStatement
    }

    /// A function with a body of its own: declaration, method or literal.
    pub fn is_function(self) -> bool {
        matches!(
            self,
            Kind::FunctionDeclaration | Kind::MethodDeclaration | Kind::FuncLiteral
        )
    }

    /// A clause of a switch or select.
    pub fn is_case(self) -> bool {
        matches!(
            self,
            Kind::ExpressionCase | Kind::TypeCase | Kind::CommunicationCase | Kind::DefaultCase
        )
    }

    /// A statement, blocks included; the clauses of switches are none.
    pub fn is_statement(self) -> bool {
        use Kind::*;
        matches!(
            self,
            AssignmentStatement
                | Block
                | BreakStatement
                | ConstDeclaration
                | ContinueStatement
                | DecStatement
                | DeferStatement
                | EmptyStatement
                | ExpressionStatement
                | ExpressionSwitchStatement
                | FallthroughStatement
                | ForStatement
                | GoStatement
                | GotoStatement
                | IfStatement
                | IncStatement
                | LabeledStatement
                | ReceiveStatement
                | ReturnStatement
                | SelectStatement
                | SendStatement
                | ShortVarDeclaration
                | TypeDeclaration
                | TypeSwitchStatement
                | VarDeclaration
        )
    }

    /// A literal or name that is a constant by itself.
    pub fn is_literal(self) -> bool {
        use Kind::*;
        matches!(
            self,
            IntLiteral | FloatLiteral | ImaginaryLiteral | RuneLiteral | True | False | Iota
        ) || self.is_string()
    }

    /// A string literal of either form.
    pub fn is_string(self) -> bool {
        matches!(self, Kind::InterpretedStringLiteral | Kind::RawStringLiteral)
    }
}

/// Declares [`Field`] with the grammar's names.
macro_rules! fields {
    ($($variant:ident = $name:literal),* $(,)?) => {
        /// By which name a node holds a child.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        #[expect(missing_docs, reason = "the grammar's names")]
        pub enum Field { $($variant),* }

        impl Field {
            /// Every field with its name in the grammar.
            pub(super) const ALL: &[(Field, &'static str)] = &[$((Field::$variant, $name)),*];
        }
    };
}

fields! {
    None = "", Alias = "alias", Alternative = "alternative", Arguments = "arguments", Body = "body",
    Capacity = "capacity", Channel = "channel", Communication = "communication", Condition = "condition",
    Consequence = "consequence", Element = "element", End = "end", Field = "field", Function = "function",
    Index = "index", Initializer = "initializer", Key = "key", Label = "label", Left = "left", Length = "length",
    Name = "name", Operand = "operand", Operator = "operator", Package = "package", Parameters = "parameters",
    Path = "path", Receiver = "receiver", Result = "result", Right = "right", Start = "start", Tag = "tag",
    Type = "type", TypeArguments = "type_arguments", TypeParameters = "type_parameters", Update = "update",
    Value = "value",
}
